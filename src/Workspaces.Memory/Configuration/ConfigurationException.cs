namespace Workspaces.Memory;

/// <summary>A configuration cannot be used. The message lists everything that is wrong at once, each with its full path.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Gathers the problems of one configuration.</summary>
    /// <param name="problems">At least one.</param>
    public ConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
        : this(problems, inner: null)
    {
    }

    /// <summary>Gathers the problems of one configuration.</summary>
    /// <param name="problems">At least one.</param>
    /// <param name="inner">What was thrown while the configuration was read.</param>
    public ConfigurationException(IReadOnlyList<ConfigurationProblem> problems, Exception? inner)
        : base(Message(problems), inner) => Problems = problems;

    /// <summary>Everything that is wrong, in the order in which it was found.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; }

    private static new string Message(IReadOnlyList<ConfigurationProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentOutOfRangeException.ThrowIfZero(problems.Count, nameof(problems));
        var head = problems.Count == 1 ? "The configuration has a problem:" : $"The configuration has {problems.Count} problems:";
        return head + string.Concat(problems.Select(problem => $"{Environment.NewLine}  {problem}"));
    }
}
