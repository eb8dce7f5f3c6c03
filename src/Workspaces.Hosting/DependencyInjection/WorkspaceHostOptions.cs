using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Top;
using Workspaces.Memory;

namespace Workspaces.Hosting.DependencyInjection;

/// <summary>
/// What a <see cref="WorkspaceHost"/> is made of: the sections <c>Workspaces</c>, <c>WorkspacePools</c> and <c>WorkspaceTop</c> of a configuration, which code may change
/// and add to.
/// </summary>
public sealed class WorkspaceHostOptions
{
    /// <summary>The name of the section that says how many workspaces of a name may be rented at a time.</summary>
    public const string PoolSection = "WorkspacePools";

    private readonly List<ConfigurationProblem> _problems = [];

    /// <summary>What holds for all workspaces, <c>Workspaces:Manager</c>.</summary>
    public WorkspaceManagerConfiguration Manager { get; set; } = new();

    /// <summary>The workspaces by name, <c>Workspaces:NAME</c>. Each has its own name.</summary>
    public IDictionary<string, WorkspaceConfiguration> Workspaces { get; } = new Dictionary<string, WorkspaceConfiguration>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Most workspaces of a name that are rented at a time, <c>WorkspacePools:NAME</c>; a name without one has as many as there are processors.</summary>
    public IDictionary<string, int> Pools { get; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether <c>workspaces top</c> can attach, <c>WorkspaceTop</c>.</summary>
    public TopOptions Top { get; set; } = new();

    /// <summary>Reads the sections.</summary>
    /// <param name="configuration">The configuration of the program.</param>
    /// <returns>The options; what is wrong with the configuration is found by <see cref="Validate"/>.</returns>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    public static WorkspaceHostOptions Read(IConfiguration configuration)
    {
        var options = new WorkspaceHostOptions();
        options.Bind(configuration);
        return options;
    }

    /// <summary>Reads the sections over what is there. What is wrong is found by <see cref="Validate"/>.</summary>
    /// <param name="configuration">The configuration of the program.</param>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    public void Bind(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Try(() =>
        {
            foreach (WorkspaceConfiguration workspace in configuration.GetWorkspaces()) Workspaces[workspace.Name!] = workspace;
            Manager = configuration.GetWorkspaceManager();
        });
        Try(() => Top = StrictBinder.Read<TopOptions>(configuration.GetSection(TopOptions.Section)));
        foreach (IConfigurationSection pool in configuration.GetSection(PoolSection).GetChildren())
        {
            if (int.TryParse(pool.Value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out int capacity))
                Pools[pool.Key] = capacity;
            else
                _problems.Add(new ConfigurationProblem(pool.Path, $"{pool.Key} = '{pool.Value}'", "it is no whole number", "Write how many workspaces may be rented at a time"));
        }
    }

    /// <summary>Checks everything, what code has set too.</summary>
    /// <returns>All problems with their paths in the configuration; empty when a host can be made.</returns>
    public IReadOnlyList<ConfigurationProblem> Validate()
    {
        var problems = new List<ConfigurationProblem>(_problems);
        if (_problems.Count == 0) problems.AddRange(Manager.Validate());
        foreach ((string name, WorkspaceConfiguration workspace) in Workspaces)
        {
            string path = $"Workspaces:{name}";
            if (!string.Equals(workspace.Name, name, StringComparison.OrdinalIgnoreCase))
                problems.Add(new ConfigurationProblem(path, $"Name = '{workspace.Name}'", $"it is registered as '{name}'", "Give it the name that it is registered by"));
            problems.AddRange(workspace.Validate(path));
        }

        foreach ((string name, int capacity) in Pools)
        {
            string path = $"{PoolSection}:{name}", asked = $"{name} = {capacity}";
            if (!Workspaces.ContainsKey(name) && _problems.Count == 0)
                problems.Add(new ConfigurationProblem(path, asked, $"there is no workspace of that name; known are {Known}", $"Add a section Workspaces:{name}"));
            if (capacity < 1) problems.Add(new ConfigurationProblem(path, asked, "it is below 1", "Write how many workspaces may be rented at a time"));
            else if (Manager.MaxWorkspaces > 0 && capacity > Manager.MaxWorkspaces)
                problems.Add(new ConfigurationProblem(path, asked, $"Workspaces:Manager:MaxWorkspaces is {Manager.MaxWorkspaces}", "Lower it, or raise MaxWorkspaces"));
        }

        return problems;
    }

    /// <summary>The names that there are, for messages.</summary>
    internal string Known => Workspaces.Count == 0 ? "none" : string.Join(", ", Workspaces.Keys.Order(StringComparer.OrdinalIgnoreCase));

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ConfigurationException error)
        {
            _problems.AddRange(error.Problems);
        }
    }
}
