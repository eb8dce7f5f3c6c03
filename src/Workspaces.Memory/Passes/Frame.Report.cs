using Workspaces.Memory.Telemetry;

namespace Workspaces.Memory.Passes;

/// <summary>What is to be told of a pass when it has ended.</summary>
internal sealed partial class Frame
{
    private (long Requests, long Bytes) _spilled;
    private (long Requests, long Bytes) _overflowed;

    /// <summary>True when the pass that has ended ran on a plan and nothing in it was otherwise.</summary>
    internal bool EndedAsPlanned { get; private set; }

    /// <summary>The figures of the last pass, which has ended; false when it asked for no memory, or was traced on shapes alone.</summary>
    internal bool TryReport(out PassReport report)
    {
        report = default;
        if (ShapesOnly || Workspace is null || LastTrace is not { Count: > 0 } trace) return false;
        if (EndedAsPlanned) _spilled = _overflowed = default;
        (long requests, long bytes) = _overflowed;
        PassResult result = PassResult.Unplanned;
        if (_replay is { Learns: true } replay && HasArena)
        {
            bool isPlanned = replay.Plan is not null;
            result = !isPlanned ? PassResult.Learning : replay.Spills > 0 ? PassResult.Deviated : PassResult.Planned;
            if (isPlanned) (requests, bytes) = (replay.Spills, replay.SpilledBytes);
        }

        report = new PassReport(Workspace.Configuration, PassNumber, result, trace.Count, requests, bytes, _spilled.Requests, _spilled.Bytes);
        return true;
    }

    /// <summary>Keeps what the source forgets at the end of the pass.</summary>
    private void NoteReport(BlockSource? source)
    {
        _spilled = source?.Spilled ?? default;
        _overflowed = source?.Overflowed ?? default;
    }
}
