using static System.FormattableString;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Memory could not be had. The message has four parts: what was asked, by whom, the numbers, the remedy. It is an
/// <see cref="OutOfMemoryException"/>, so callers that survive those survive this; nothing is corrupted.
/// </summary>
public sealed class AllocationException : OutOfMemoryException
{
    /// <summary>Makes the message of its four parts.</summary>
    /// <param name="request">What was asked, a verb and its object: "allocate 64 bytes aligned to 64".</param>
    /// <param name="requester">By whom: the allocator, workspace or op.</param>
    /// <param name="numbers">The figures that explain the refusal.</param>
    /// <param name="remedy">What to do about it, a sentence.</param>
    /// <param name="requestedBytes">The size asked for.</param>
    /// <param name="innerException">What the layer below threw, if it did.</param>
    public AllocationException(
        string request, string requester, string numbers, string remedy, long requestedBytes, Exception? innerException = null)
        : base(Invariant($"Cannot {request}, asked by {requester}: {numbers}. {remedy}"), innerException)
    {
        Requester = requester;
        Remedy = remedy;
        RequestedBytes = requestedBytes;
    }

    /// <summary>Who asked.</summary>
    public string Requester { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    /// <summary>The size asked for, in bytes.</summary>
    public long RequestedBytes { get; }
}
