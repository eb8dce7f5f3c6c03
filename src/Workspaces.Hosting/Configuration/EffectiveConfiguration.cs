using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Configuration;
using Serilog;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>Everything a run uses and where each value comes from, as a table for the log.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
public static class EffectiveConfiguration
{
    private const string Default = "default";
    private const string Inherited = "Workspaces:Defaults";

    // Sinks hold addresses and passwords; they are nobody's business in a log.
    private static readonly string[] Hidden = ["Serilog"];
    private static readonly string[] Typed = [TrainingOptions.Section, DataOptions.Section, "Workspaces"];

    /// <summary>All values: each key of every workspace, of <c>Training</c> and <c>Data</c>, and what else is written.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The values, workspaces last.</returns>
    /// <exception cref="ConfigurationException">A section is wrong.</exception>
    public static IReadOnlyList<EffectiveValue> Of(RunConfiguration run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var values = new List<EffectiveValue>();
        foreach (var section in run.Sections.Except(Typed).Except(Hidden)) AddWritten(values, run, run.Root.GetSection(section));
        AddOptions(values, run, TrainingOptions.Section, run.GetOptions<TrainingOptions>(TrainingOptions.Section));
        if (run.Root.GetSection(DataOptions.Section).Exists()) AddOptions(values, run, DataOptions.Section, DataOptions.Of(run));
        AddWritten(values, run, run.Root.GetSection($"{DataOptions.Section}:{DataOptions.Transforms}"));
        var manager = run.Root.GetWorkspaceManager();
        AddOptions(values, run, "Workspaces:Manager", manager);
        foreach (var workspace in run.Root.GetWorkspaces()) AddOptions(values, run, $"Workspaces:{workspace.Name}", workspace);
        return values;
    }

    /// <summary>The table, one value a line.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ConfigurationException">A section is wrong.</exception>
    public static string Describe(RunConfiguration run)
    {
        var text = new StringBuilder();
        foreach (var (key, value, origin) in Of(run)) text.Append(key + " = " + value + "  [" + origin + "]\n");
        return text.ToString();
    }

    /// <summary>The whole table, at Debug level.</summary>
    /// <param name="run">The run.</param>
    /// <param name="log">The log.</param>
    /// <exception cref="ConfigurationException">A section is wrong.</exception>
    public static void Write(RunConfiguration run, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(log);
        if (log.IsEnabled(Serilog.Events.LogEventLevel.Debug)) log.Debug("Effective configuration:\n{Configuration}", Describe(run));
    }

    private static void AddWritten(List<EffectiveValue> values, RunConfiguration run, IConfigurationSection section)
    {
        foreach (var child in section.GetChildren()) AddWritten(values, run, child);
        if (section.Value is { } value) values.Add(new EffectiveValue(section.Path, value, run.OriginOf(section.Path)!));
    }

    private static void AddOptions(List<EffectiveValue> values, RunConfiguration run, string path, object options)
    {
        foreach (var property in OptionProperty.Of(options.GetType(), nameof(WorkspaceConfiguration.Name)))
        {
            var key = $"{path}:{property.Name}";
            if (property.MapType is not null || !(property.IsSimple || property.ElementType is not null))
                AddWritten(values, run, run.Root.GetSection(key));
            else
                values.Add(new EffectiveValue(
                    key, SimpleValues.Format(property.Get(options), property.IsSize), Origin(run, key, property, options)));
        }
    }

    private static string Origin(RunConfiguration run, string key, OptionProperty property, object options)
    {
        if (run.OriginOf(key) is { } own) return own;
        return options is WorkspaceConfiguration && run.OriginOf($"{Inherited}:{property.Name}") is { } shared
            ? $"{shared}, {Inherited}"
            : Default;
    }
}
