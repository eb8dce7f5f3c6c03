using System.Diagnostics.Metrics;
using Workspaces.Memory;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Tests.Telemetry;

/// <summary>Passes that do what a test of telemetry needs.</summary>
internal static class Watched
{
    /// <summary>A pass of blocks of these sizes, which all live to its end.</summary>
    internal static void Pass(Workspace workspace, params ReadOnlySpan<long> sizes)
    {
        using Pass pass = workspace.Enter();
        foreach (long size in sizes) workspace.MemoryManager.Allocate(size, purpose: "test");
    }

    /// <summary>Runs in a manager and a workspace of a name of its own.</summary>
    internal static void Run(string name, Action<Workspace> body, WorkspaceConfiguration? configuration = null)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease((configuration ?? new()) with { Name = name });
        body(workspace);
    }

    /// <summary>Under which name the workspace is counted: the process may have had too many already.</summary>
    internal static WorkspaceStatistics Row(string name)
    {
        string label = WorkspaceRegister.LabelOf(name);
        return WorkspaceTelemetry.Snapshot().Workspaces.FirstOrDefault(row => string.Equals(row.Name, label, StringComparison.OrdinalIgnoreCase))
            ?? new WorkspaceStatistics { Name = label };
    }

    /// <summary>All measurements of the observable instruments, by instrument and tags in the order of their names.</summary>
    internal static Dictionary<string, long> Measure()
    {
        var seen = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, WorkspaceMeter.Meter)) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var words = new List<string>();
            foreach (KeyValuePair<string, object?> tag in tags) words.Add($"{tag.Key}={tag.Value}");
            words.Sort(StringComparer.Ordinal);
            seen[string.Join(' ', [instrument.Name, .. words])] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }
}
