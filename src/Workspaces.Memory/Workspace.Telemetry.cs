using Workspaces.Memory.Passes;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Memory;

/// <summary>What a workspace counts for those who watch the process.</summary>
public sealed partial class Workspace
{
    private readonly PassCounts? _counts;

    /// <summary>A pass has ended, inside the gate: it is counted, and kept for telling when somebody wants to hear of it.</summary>
    private void NoteEnd(Frame frame)
    {
        if (Learned.Plans.HasNotes) TakeNotes();
        if (_counts is not { } counts) return;
        if (frame.EndedAsPlanned && !Manager.Events.IsEnabled()) counts.CountPlanned();
        else NoteEnd(frame, counts);
    }

    private void NoteEnd(Frame frame, PassCounts counts)
    {
        if (!frame.TryReport(out PassReport pass)) return;
        counts.Count(pass);
        if (Manager.WantsNote(pass)) Manager.QueueNote(pass);
    }

    private void TakeNotes()
    {
        while (Learned.Plans.TryTakeNote(out PlanReport? plan)) Manager.QueueNote(plan!);
    }
}
