namespace Workspaces.Memory.Allocators;

/// <summary>
/// Memory could not be had. The message has four parts: what was asked, by whom, the numbers, the remedy. It is an
/// <see cref="OutOfMemoryException"/>, so callers that survive those survive this; nothing is corrupted.
/// </summary>
public sealed class AllocationException : OutOfMemoryException
{
    /// <summary>Makes an error out of its four parts.</summary>
    /// <param name="asked">What was asked, e.g. <c>allocate 64 bytes aligned to 64</c>.</param>
    /// <param name="by">Who asked: the allocator, workspace or op.</param>
    /// <param name="numbers">The figures that explain the refusal.</param>
    /// <param name="remedy">What to do instead.</param>
    /// <param name="requestedBytes">The size asked for.</param>
    /// <param name="innerException">What the layer below threw, if it did.</param>
    public AllocationException(
        string asked, string by, string numbers, string remedy, long requestedBytes, Exception? innerException = null)
        : base(WorkspaceException.Compose(asked, by, numbers, remedy), innerException)
    {
        Asked = asked;
        By = by;
        Numbers = numbers;
        Remedy = remedy;
        RequestedBytes = requestedBytes;
    }

    /// <summary>What was asked.</summary>
    public string Asked { get; }

    /// <summary>Who asked.</summary>
    public string By { get; }

    /// <summary>The figures that explain the refusal.</summary>
    public string Numbers { get; }

    /// <summary>What to do instead.</summary>
    public string Remedy { get; }

    /// <summary>The size asked for, in bytes.</summary>
    public long RequestedBytes { get; }
}
