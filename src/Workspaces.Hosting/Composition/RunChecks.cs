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

    /// <summary>Which keys of <c>Data</c> a type reads, beside those that all do.</summary>
    private static readonly (string Type, string[] Keys)[] KeysOfData =
    [
        ("Idx", [nameof(DataOptions.Folder), nameof(DataOptions.PixelMean), nameof(DataOptions.PixelDeviation)]),
        ("Text", [nameof(DataOptions.File), nameof(DataOptions.Length), nameof(DataOptions.ValidationFraction)]),
        ("Npy",
        [
            nameof(DataOptions.File), nameof(DataOptions.Labels), nameof(DataOptions.TestFile), nameof(DataOptions.TestLabels), nameof(DataOptions.ClassCount),
            nameof(DataOptions.ValidationFraction),
        ]),
        ("Csv",
        [
            nameof(DataOptions.File), nameof(DataOptions.TestFile), nameof(DataOptions.Task), nameof(DataOptions.Targets), nameof(DataOptions.Features),
            nameof(DataOptions.Header), nameof(DataOptions.Delimiter), nameof(DataOptions.Missing), nameof(DataOptions.Fill), nameof(DataOptions.Streaming),
            nameof(DataOptions.ClassCount), nameof(DataOptions.ValidationFraction),
        ]),
    ];

    /// <summary>
    /// Keys of <c>Data</c> that only other types read. Those below the layer that chose the type are left out: who chooses another one for a run file that is
    /// there cannot take its keys away; so are those of a checkpoint, which has all layers of its run in one.
    /// </summary>
    internal static void CheckData(RunConfiguration run)
    {
        const string TypeKey = $"{DataOptions.Section}:{nameof(DataOptions.Type)}";
        string? type = run.Root[TypeKey]?.Trim();
        string[]? own = Array.Find(KeysOfData, of => type is not null && Same(of.Type, type)).Keys;
        if (own is null) return; // a type of a program's own reads what it likes
        ConfigurationProblem[] problems =
        [
            .. run.Layers.Skip(run.Layers.ToList().FindLastIndex(static layer => layer.Values.ContainsKey(TypeKey)))
                .Where(static layer => layer.Name != RunConfiguration.CheckpointName).SelectMany(static layer => layer.Values)
                .Where(static pair => pair.Value is { Length: > 0 }).Select(static pair => pair.Key.Split(':'))
                .Where(static parts => parts.Length > 1 && Same(parts[0], DataOptions.Section)).Select(static parts => parts[1])
                .Distinct(StringComparer.OrdinalIgnoreCase).Where(key => !own.Any(read => Same(read, key)))
                .Select(key => (Key: key, Types: Array.FindAll(KeysOfData, of => of.Keys.Any(read => Same(read, key)))))
                .Where(static idle => idle.Types.Length > 0)
                .Select(idle => new ConfigurationProblem(
                    $"{DataOptions.Section}:{idle.Key}", $"the key '{idle.Key}'", $"nothing reads it with Type = {type}",
                    $"Leave it out, or choose Type = {string.Join(" or ", idle.Types.Select(static of => of.Type))}")),
        ];
        if (problems.Length > 0) throw new ConfigurationException(problems);
    }

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
