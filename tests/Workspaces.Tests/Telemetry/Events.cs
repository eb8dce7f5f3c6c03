using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Tests.Telemetry;

/// <summary>Collects the events of the source, as text: name and payload.</summary>
internal sealed class Events : EventListener
{
    private readonly EventLevel _level;
    private readonly EventKeywords _keywords;

    internal Events(EventLevel level, EventKeywords keywords = EventKeywords.All)
    {
        _level = level;
        _keywords = keywords;
        EnableEvents(WorkspaceEventSource.Log, level, keywords);
    }

    /// <summary>The names with what they carry.</summary>
    internal ConcurrentQueue<(string Name, IReadOnlyList<object?> Values)> Seen { get; } = [];

    internal IReadOnlyList<object?>[] Of(string name, string workspace) =>
        [.. Seen.Where(seen => seen.Name == name && seen.Values.Contains(workspace)).Select(static seen => seen.Values)];

    protected override void OnEventWritten(EventWrittenEventArgs eventData) => Seen?.Enqueue((eventData.EventName!, [.. eventData.Payload!]));

    public override string ToString() => $"{_level} {_keywords}";
}
