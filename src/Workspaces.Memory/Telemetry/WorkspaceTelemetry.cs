using System.Diagnostics;

namespace Workspaces.Memory.Telemetry;

/// <summary>
/// What the process shows of its workspaces to those who watch: a meter, an activity source and an event source, all named <see cref="Name"/>, and a snapshot.
/// While nobody watches, a pass adds a few numbers and nothing else is done.
/// </summary>
public static class WorkspaceTelemetry
{
    /// <summary>The name of the meter, of the activity source and of the event source.</summary>
    public const string Name = "Workspaces";

    /// <summary>Spans of epochs, steps and planning.</summary>
    internal static readonly ActivitySource Activities = new(Name, Version);

    /// <summary>Version of this library, for meters and spans.</summary>
    internal static string? Version => typeof(WorkspaceTelemetry).Assembly.GetName().Version?.ToString(3);

    /// <summary>Reads what all managers of the process hold and have done, except those with <c>Workspaces:Manager:Telemetry</c> false.</summary>
    /// <returns>The figures; they are read one after the other while the program goes on, so sums may be off by a pass.</returns>
    public static TelemetrySnapshot Snapshot() => WorkspaceRegister.Snapshot();
}
