using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;

namespace Workspaces.Data.Transforms;

/// <summary>Errors of transforms.</summary>
internal static class TransformErrors
{
    [DoesNotReturn]
    internal static void ThrowShape(string transform, ReadOnlySpan<long> shape, string wanted) => throw new ArgumentException(WorkspaceException.Compose(
        $"change samples of shape ({string.Join(", ", shape.ToArray())})", transform, wanted, "put the transform where its samples have that shape, or change its numbers"));

    [DoesNotReturn]
    internal static void ThrowNumber(string transform, string parameter, double value, string wanted) => throw new ArgumentOutOfRangeException(
        parameter, value, WorkspaceException.Compose($"make a transform with {parameter} = {value}", transform, $"it must be {wanted}", "correct the number"));
}
