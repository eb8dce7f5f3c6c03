using System.Collections;

namespace Workspaces.Hosting.Configuration;

/// <summary>Where the layers of a run come from. What is not set is looked up.</summary>
public sealed record RunSources
{
    /// <summary>The run's JSON file. Default null: none, the lower and upper layers alone.</summary>
    public string? RunFile { get; init; }

    /// <summary>
    /// Full keys with their values, in the place of the run's file: those that a checkpoint has kept. Paths in them are full ones. Default null: none.
    /// </summary>
    public IReadOnlyDictionary<string, string?>? Values { get; init; }

    /// <summary>Settings of the command line, each <c>Section:Key=Value</c>; the last one of a key wins. Default none.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>
    /// The file of the lowest layer. Default null: <c>appsettings.json</c> in the current directory, else beside the program, else none.
    /// </summary>
    public string? AppSettings { get; init; }

    /// <summary>The environment. Default null: that of the process.</summary>
    public IDictionary? Environment { get; init; }

    /// <summary>Sections that a run file may have besides <see cref="RunConfiguration.KnownSections"/>. Default none.</summary>
    public IReadOnlyList<string> MoreSections { get; init; } = [];

    /// <summary>
    /// Workspaces of the program's own that a run file may configure, and give quotas, besides those of a training run: <c>step</c>, <c>scratch</c> and <c>data</c>. Default none.
    /// </summary>
    public IReadOnlyList<string> MoreWorkspaces { get; init; } = [];
}
