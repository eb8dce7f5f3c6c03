namespace Workspaces.Memory.Tracking;

/// <summary>Something was not given back where everything was to be: <c>AssertNoLeaks</c> of a workspace, a manager or a <see cref="LeakScope"/> has failed.</summary>
public sealed class LeakException : WorkspaceException
{
    /// <summary>Makes the error out of what was found.</summary>
    /// <param name="by">Who was asked.</param>
    /// <param name="leaks">What was found, at least one.</param>
    public LeakException(string by, IReadOnlyList<Finding> leaks)
        : base("end without leaks", by, Describe(leaks), "give back what is named here; each code has a line with its remedy in docs/leaks.md")
    {
        Leaks = [.. leaks];
    }

    /// <summary>What was found.</summary>
    public IReadOnlyList<Finding> Leaks { get; }

    internal static void ThrowIfAny(string by, List<Finding> leaks)
    {
        if (leaks.Count > 0) throw new LeakException(by, leaks);
    }

    private static string Describe(IReadOnlyList<Finding> leaks)
    {
        ArgumentNullException.ThrowIfNull(leaks);
        return $"{leaks.Count} found: {string.Join("; ", leaks.Select(static leak => $"{leak.Code} {leak.Text.TrimEnd('.')}"))}";
    }
}
