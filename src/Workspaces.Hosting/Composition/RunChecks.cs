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
    /// Names of workspaces that a run without components of its own never makes. appsettings.json is left out: other programs have their workspaces there.
    /// </summary>
    internal static void CheckWorkspaces(RunConfiguration run) => Check(
        run.Layers.Where(static layer => layer.Name != RunConfiguration.AppSettingsName).SelectMany(static layer => layer.Values.Keys)
            .Select(static key => key.Split(':')).Where(static parts => parts.Length > 1 && Same(parts[0], nameof(Workspaces))).Select(static parts => parts[1]),
        nameof(Workspaces), "workspace", Workspaces, SharedSections);

    /// <summary>Names of quotas that a run without components of its own never reads.</summary>
    internal static void CheckQuotas(RunConfiguration run) => Check(
        run.Root.GetSection(Quotas).GetChildren().Select(static child => child.Key), Quotas, "quota", [.. Workspaces, "persistent"], []);

    /// <summary>Says which layer of the file refused its input, and where it stands; null for what no layer threw.</summary>
    internal static ConfigurationException? LayerProblem(ArgumentException error, Sequential model, RunConfiguration run)
    {
        if (error.Data[Sequential.FailedPosition] is not int position || position >= model.Count) return null;
        string path = run.Root.GetSection($"Model:{Layers}").GetChildren().ElementAt(position).Path;
        var problem = new ConfigurationProblem(
            path, $"the layer {model[position].GetType().Name}", error.Message.TrimEnd('.'), "Change its options, or those of a layer before it");
        return new ConfigurationException([problem], error);
    }

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
