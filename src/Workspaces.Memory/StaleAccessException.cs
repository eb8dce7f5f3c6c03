namespace Workspaces.Memory;

/// <summary>A block or tensor was used after its memory had gone: released, rewound, or its pass, lease or manager ended.</summary>
public sealed class StaleAccessException : WorkspaceException
{
    /// <summary>Makes the error out of its four parts.</summary>
    /// <param name="asked">What was asked of the stale handle.</param>
    /// <param name="by">The handle: name, shape, op where known.</param>
    /// <param name="numbers">Birth pass, end pass, generations.</param>
    /// <param name="remedy">What to do instead.</param>
    public StaleAccessException(string asked, string by, string numbers, string remedy)
        : base(asked, by, numbers, remedy)
    {
    }
}
