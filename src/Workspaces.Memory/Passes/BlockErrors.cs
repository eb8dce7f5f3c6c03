using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Memory.Passes;

/// <summary>What spans of a block are refused for.</summary>
internal static class BlockErrors
{
    [DoesNotReturn]
    internal static void ThrowTooLongForSpan(long count, long bytes) => throw new WorkspaceException(
        "take one span of a block", $"a block of {bytes} bytes", $"a span holds at most {int.MaxValue} elements, not {count}", "take parts with SliceSpan");

    [DoesNotReturn]
    internal static void ThrowPartOfElement(long bytes, string type, int size) => throw new WorkspaceException(
        $"see a block as elements of {type}", $"a block of {bytes} bytes", $"an element has {size} bytes, so {bytes % size} bytes would be left over",
        "ask for a multiple of the size of an element, or take bytes with AsSpan()");
}
