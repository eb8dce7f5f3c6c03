using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory;

/// <summary>What a workspace has learned: plans, how well they serve, and plans on disk.</summary>
public sealed partial class Workspace
{
    /// <summary>Requests of ended passes that their plans could not serve; they were served above the plan.</summary>
    public long Deviations => _memory.Deviations;

    /// <summary>Bytes of those requests, and of all that <c>PolicySpill</c> served outside the arenas; passes that have ended.</summary>
    public long SpilledBytes => _memory.SpilledBytes;

    /// <summary>
    /// Disk space that temporary files of spills hold now. Between passes it is what the plans need again; <see cref="Trim"/> gives it back.
    /// </summary>
    public long SpillFileBytes => _memory.SpillFileBytes;

    /// <summary>Most bytes in use at once over the passes that ran on a plan (highest end of a block); 0 before the first.</summary>
    public long PlannedPeakBytes => _memory.Peaks.Planned;

    /// <summary>The same over the passes that were served online.</summary>
    public long LearningPeakBytes => _memory.Peaks.Learning;

    /// <summary>
    /// Most bytes that blocks which own their memory had at once, in whole granules of 64: all blocks with <c>WorkspaceMode</c> <c>None</c>, spills with
    /// <c>PolicySpill</c> <c>Reallocate</c>.
    /// </summary>
    public long PeakOwnBytes => _memory.PeakOwnBytes;

    /// <summary>Plans made so far for this name, better ones found later included.</summary>
    public long PlansMade => Learned.Plans.PlansMade;

    /// <summary>Writes the plans of this name as JSON, to be loaded by another run of the same program, whose first passes then are planned already.</summary>
    /// <param name="path">The file; it is written beside and moved into place, so a full disk leaves the old one. A link is followed to its target.</param>
    /// <returns>Number of plans.</returns>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    /// <exception cref="IOException">The file cannot be written, or there is a folder, a device or a pipe in its place.</exception>
    public int SavePlans(string path)
    {
        if (!_leased) Throw.Disposed(this, "save plans");
        return PlanStore.Save(Learned.Plans, path);
    }

    /// <summary>
    /// Reads plans that <see cref="SavePlans"/> has written. A file that is damaged, or of another version, is reported as a warning and left alone; a plan
    /// that does not fit the passes to come costs spills and is learned anew.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>Number of plans loaded; 0 when the file does not match.</returns>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public int LoadPlans(string path)
    {
        if (!_leased) Throw.Disposed(this, "load plans");
        int count = PlanStore.Load(Learned.Plans, path, out Finding? finding);
        if (finding is not null) Manager.QueueFinding(finding);
        Manager.DeliverFindings();
        return count;
    }
}
