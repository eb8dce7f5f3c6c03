using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Train;

namespace Workspaces.Hosting.Composition;

/// <summary>Compares the configuration of a checkpoint with that of the run that is to go on from it.</summary>
internal static class ConfigurationDifferences
{
    private const int Shown = 12;

    /// <summary>Sections and keys that change no number that is computed, or that say how long to go on and what to write.</summary>
    private static readonly string[] Free =
    [
        "Workspaces", "WorkspaceTop", "Serilog", "Data:Workers", "Data:Prefetch", "Data:Folder", "Data:File", "Data:Labels", "Data:TestFile", "Data:TestLabels", "Data:Streaming",
        "Training:Epochs", "Training:Steps", "Training:MaxSteps", "Training:Threads", "Training:ValidateEvery", "Training:Metrics", "Training:Monitor", "Training:EarlyStopping",
        "Training:CheckpointFolder", "Training:CheckpointEvery", "Training:KeepCheckpoints", "Training:History",
    ];

    /// <exception cref="InvalidDataException">They differ; the message lists in what.</exception>
    internal static void Check(CheckpointInfo checkpoint, RunConfiguration run, IReadOnlyCollection<string> changed)
    {
        if (checkpoint.Configuration.Count == 0) return;
        var saved = new Dictionary<string, string?>(checkpoint.Configuration, StringComparer.OrdinalIgnoreCase);
        IReadOnlyDictionary<string, string?> own = run.Export();
        string[] differences =
        [
            .. saved.Keys.Union(own.Keys, StringComparer.OrdinalIgnoreCase).Where(key => !Free.Concat(changed).Any(free => IsIn(key, free)))
                .Where(key => saved.GetValueOrDefault(key) != own.GetValueOrDefault(key)).Order(StringComparer.Ordinal)
                .Select(key => $"{key} is {Text(saved.GetValueOrDefault(key))} in it and {Text(own.GetValueOrDefault(key))} here"),
        ];
        if (differences.Length == 0) return;
        string listed = string.Join("; ", differences.Take(Shown)) + (differences.Length > Shown ? $"; and {differences.Length - Shown} more" : "");
        throw new InvalidDataException(WorkspaceException.Compose(
            $"go on from '{checkpoint.Path}'", nameof(TrainingRun), $"it is of another run: {listed}", "use the configuration that the run was begun with, or begin anew"));
    }

    private static bool IsIn(string key, string free) =>
        key.Equals(free, StringComparison.OrdinalIgnoreCase) || key.StartsWith(free + ":", StringComparison.OrdinalIgnoreCase);

    private static string Text(string? value) => value is null ? "not written" : $"'{(value.Length > 100 ? value[..100] + "…" : value)}'";
}
