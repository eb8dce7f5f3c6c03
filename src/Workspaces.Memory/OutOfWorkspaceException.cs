namespace Workspaces.Memory;

/// <summary>A request would pass <c>MaxSize</c>, the arena's address range, or what the system gives. The workspace stays usable.</summary>
public sealed class OutOfWorkspaceException : WorkspaceException
{
    /// <summary>Makes the error out of its four parts.</summary>
    /// <param name="asked">The request in bytes.</param>
    /// <param name="by">Workspace, pass and op.</param>
    /// <param name="numbers">Bytes asked for, in use and allowed.</param>
    /// <param name="remedy">Which key to raise.</param>
    /// <param name="innerException">What the allocator below threw, if one did.</param>
    public OutOfWorkspaceException(string asked, string by, string numbers, string remedy, Exception? innerException = null)
        : base(asked, by, numbers, remedy, innerException)
    {
    }
}
