using Workspaces.Memory.Recording;

namespace Workspaces.Memory;

/// <summary>Who wants to know what passes are made of.</summary>
public sealed partial class WorkspaceManager
{
    private PassRecording[]? _passRecordings;

    /// <summary>Those who record passes now; null while nobody does.</summary>
    internal PassRecording[]? PassRecordings => Volatile.Read(ref _passRecordings);

    /// <summary>
    /// Records from now on the passes of all workspaces of this manager, with their blocks: when, where, how large, of which shape and by whom. While it lasts
    /// and <see cref="PassRecording.HasDetails"/> is true, places in the user's code are recorded as by <see cref="RecordSites"/>, at the same cost.
    /// Passes that are open are counted only.
    /// </summary>
    /// <returns>The recording; dispose it to end it.</returns>
    public PassRecording RecordPasses()
    {
        var recording = new PassRecording(this);
        lock (_recordings) Volatile.Write(ref _passRecordings, [.. _passRecordings ?? [], recording]);
        return recording;
    }

    internal void Remove(PassRecording recording)
    {
        lock (_recordings)
        {
            PassRecording[] rest = Array.FindAll(_passRecordings ?? [], known => !ReferenceEquals(known, recording));
            Volatile.Write(ref _passRecordings, rest.Length == 0 ? null : rest);
        }
    }
}
