using System.Globalization;
using Microsoft.Extensions.Configuration;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.NN;

namespace Workspaces.Hosting.Composition;

/// <summary>Finds keys of a run that nothing would read, where no options object binds them.</summary>
internal static class RunChecks
{
    private const string Layers = "Layers";
    private const string Quotas = "Workspaces:Manager:Quotas";
    private static readonly string[] Workspaces = ["step", "scratch", "data"];
    private static readonly string[] SharedSections = ["Defaults", "Manager"];

    /// <summary>The section <c>Model</c> has one key.</summary>
    internal static void CheckModel(RunConfiguration run) => Check(
        run.Root.GetSection("Model").GetChildren().Select(static child => child.Key), "Model", "key", [Layers], []);

    /// <summary>
    /// Names of workspaces that neither a run nor its program (<see cref="RunSources.MoreWorkspaces"/>) makes. appsettings.json is left out: other programs have their
    /// workspaces there; so is what a checkpoint has kept, for the program that wrote it may have been another one.
    /// </summary>
    internal static void CheckWorkspaces(RunConfiguration run) => Check(
        run.Layers.Where(static layer => layer.Name is not (RunConfiguration.AppSettingsName or RunConfiguration.CheckpointName)).SelectMany(static layer => layer.Values.Keys)
            .Select(static key => key.Split(':')).Where(static parts => parts.Length > 1 && Same(parts[0], nameof(Workspaces))).Select(static parts => parts[1]),
        nameof(Workspaces), "workspace", [.. Workspaces, .. run.MoreWorkspaces], SharedSections);

    /// <summary>Names of quotas that nobody reads, neither the run nor its program.</summary>
    internal static void CheckQuotas(RunConfiguration run) => Check(
        run.Layers.Where(static layer => layer.Name != RunConfiguration.CheckpointName).SelectMany(static layer => layer.Values.Keys)
            .Where(static key => key.StartsWith(Quotas + ":", StringComparison.OrdinalIgnoreCase)).Select(static key => key[(Quotas.Length + 1)..].Split(':')[0]),
        Quotas, "quota", [.. Workspaces, .. run.MoreWorkspaces, "persistent"], []);

    /// <summary>Says which layer of the file refused its input, and where it stands; null for what no layer threw.</summary>
    internal static ConfigurationException? LayerProblem(ArgumentException error, Sequential model, RunConfiguration run)
    {
        if (error.Data[Sequential.FailedPath] is not string positions) return null;
        IConfigurationSection section = run.Root.GetSection("Model");
        Module layer = model;
        foreach (string position in positions.Split('.'))
        {
            int number = int.Parse(position, CultureInfo.InvariantCulture);
            IConfigurationSection[] written = [.. section.GetSection(Layers).GetChildren()];
            if (ChainIn(layer) is not { } chain || number >= chain.Count || number >= written.Length) break; // a chain inside a layer of a program's own
            layer = chain[number];
            section = written[number];
        }

        if (ReferenceEquals(layer, model)) return null;
        string path = section.Path;
        var problem = new ConfigurationProblem(
            path, $"the layer {layer.GetType().Name}", error.Message.TrimEnd('.'), "Change its options, or those of a layer before it");
        return new ConfigurationException([problem], error);
    }

    /// <summary>The chain that a layer made of layers runs.</summary>
    private static Sequential? ChainIn(Module layer) => layer switch
    {
        Residual residual => residual.Inner as Sequential,
        Recomputed recomputed => recomputed.Inner as Sequential,
        _ => layer as Sequential,
    };

    private static void Check(IEnumerable<string> written, string section, string kind, string[] known, string[] alsoKnown)
    {
        ConfigurationProblem[] problems =
        [
            .. written.Distinct(StringComparer.OrdinalIgnoreCase).Where(name => !known.Concat(alsoKnown).Any(other => Same(name, other)))
                .Select(name => new ConfigurationProblem(
                    $"{section}:{name}", $"the {kind} '{name}'", $"a training run has no such {kind}", Suggestion.For(name, known))),
        ];
        if (problems.Length > 0) throw new ConfigurationException(problems);
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
