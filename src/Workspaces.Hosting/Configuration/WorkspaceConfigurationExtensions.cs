using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>Reads workspaces from configuration: <c>Workspaces:NAME</c> over <c>Workspaces:Defaults</c>, and the manager.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
public static class WorkspaceConfigurationExtensions
{
    private const string Root = "Workspaces";
    private const string Defaults = "Defaults";
    private const string Manager = "Manager";
    private const string NameKey = nameof(WorkspaceConfiguration.Name);

    /// <summary>The configuration of the workspace <paramref name="name"/>; keys that are written nowhere keep their defaults.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="name">The name, in any case.</param>
    /// <returns>A configuration that can run.</returns>
    /// <exception cref="ConfigurationException">All unknown keys, wrong values and contradictions, with their full paths.</exception>
    public static WorkspaceConfiguration GetWorkspace(this IConfiguration configuration, string name)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(name);
        var binder = new StrictBinder();
        CheckRoot(configuration, binder);
        var workspace = Bind(configuration, name, binder);
        binder.ThrowIfInvalid();
        return workspace;
    }

    /// <summary>All workspaces that have a section, in the order of their names.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>Configurations that can run.</returns>
    /// <exception cref="ConfigurationException">Everything that is wrong in any of them, and in <c>Workspaces:Manager</c>.</exception>
    public static IReadOnlyList<WorkspaceConfiguration> GetWorkspaces(this IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var binder = new StrictBinder();
        CheckRoot(configuration, binder);
        BindManager(configuration, binder);
        var workspaces = new List<WorkspaceConfiguration>();
        foreach (var section in configuration.GetSection(Root).GetChildren())
            if (!IsReserved(section.Key)) workspaces.Add(Bind(configuration, section.Key, binder));
        // What is wrong in the shared defaults is wrong for everybody; it is said once.
        var problems = binder.Problems.Distinct().ToArray();
        return problems.Length == 0 ? workspaces : throw new ConfigurationException(problems);
    }

    /// <summary>The configuration of the whole process.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>A configuration that can run.</returns>
    /// <exception cref="ConfigurationException">All unknown keys, wrong values and contradictions, with their full paths.</exception>
    public static WorkspaceManagerConfiguration GetWorkspaceManager(this IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var binder = new StrictBinder();
        CheckRoot(configuration, binder);
        var manager = BindManager(configuration, binder);
        binder.ThrowIfInvalid();
        return manager;
    }

    private static WorkspaceManagerConfiguration BindManager(IConfiguration configuration, StrictBinder binder)
    {
        var section = configuration.GetSection($"{Root}:{Manager}");
        var manager = binder.Bind<WorkspaceManagerConfiguration>(section);
        binder.Add(manager.Validate(section.Path));
        return manager;
    }

    private static WorkspaceConfiguration Bind(IConfiguration configuration, string name, StrictBinder binder)
    {
        var workspace = new WorkspaceConfiguration { Name = name };
        var path = $"{Root}:{name}";
        var defaults = configuration.GetSection($"{Root}:{Defaults}");
        var own = configuration.GetSection(path);
        var before = binder.Problems.Count;
        binder.BindInto(workspace, defaults, NameKey);
        RefuseName(defaults, binder);
        // A name that is itself a path or a reserved section must not be looked up: validation refuses it below.
        if (!IsReserved(name) && !name.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal))
        {
            binder.BindInto(workspace, own, NameKey);
            RefuseName(own, binder);
        }
        var wasRead = binder.Problems.Count == before;
        var found = workspace.Validate(path);
        var kept = found.Select(problem => Locate(problem, path, own, defaults, wasRead)).OfType<ConfigurationProblem>().ToArray();
        binder.Add(kept);
        return wasRead && kept.Length == 0 && found.Count > 0 ? WithoutIdle(name, own, defaults, found) : workspace;
    }

    /// <summary>An inherited key that nothing reads here is left out, because whoever opens the workspace checks the object again.</summary>
    private static WorkspaceConfiguration WithoutIdle(
        string name, IConfigurationSection own, IConfigurationSection defaults, IReadOnlyList<ConfigurationProblem> idle)
    {
        var workspace = new WorkspaceConfiguration { Name = name };
        var binder = new StrictBinder();
        binder.BindInto(workspace, defaults, [NameKey, .. idle.Select(static problem => ConfigurationPath.GetSectionKey(problem.Path))]);
        binder.BindInto(workspace, own, NameKey);
        return workspace;
    }

    /// <summary>
    /// Says where a refused value stands. An idle key that is inherited is no problem, nor one whose partner could not be read.
    /// </summary>
    private static ConfigurationProblem? Locate(
        ConfigurationProblem problem, string path, IConfigurationSection own, IConfigurationSection defaults, bool wasRead)
    {
        if (problem.Path.Length <= path.Length) return problem;
        var key = problem.Path[(path.Length + 1)..];
        var isOwn = own.GetSection(key).Exists();
        if (problem.IsIdleKey && (!isOwn || !wasRead)) return null;
        return isOwn || !defaults.GetSection(key).Exists() ? problem : problem with { Path = $"{defaults.Path}:{key}" };
    }

    private static void RefuseName(IConfigurationSection section, StrictBinder binder)
    {
        var name = section.GetSection(NameKey);
        if (!name.Exists()) return;
        binder.Add([new ConfigurationProblem(
            name.Path, $"Name = '{name.Value}'", "the section's own key is the name of the workspace", "Leave Name out")]);
    }

    private static void CheckRoot(IConfiguration configuration, StrictBinder binder)
    {
        var root = configuration.GetSection(Root);
        if (!string.IsNullOrEmpty(root.Value)) binder.Add([NoSection(root)]);
        binder.Add(root.GetChildren().Where(child => !string.IsNullOrEmpty(child.Value) && !child.GetChildren().Any()).Select(NoSection));
    }

    private static ConfigurationProblem NoSection(IConfigurationSection section) => new(
        section.Path,
        $"the text '{section.Value}'",
        "keys stand below the name of a workspace",
        $"Write {Root}:NAME:KEY, or {Root}:{Defaults}:KEY for all names");

    private static bool IsReserved(string name) =>
        name.Equals(Defaults, StringComparison.OrdinalIgnoreCase) || name.Equals(Manager, StringComparison.OrdinalIgnoreCase);
}
