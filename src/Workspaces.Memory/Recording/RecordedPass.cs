using Workspaces.Memory.Planning;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Recording;

/// <summary>One pass with all its blocks, as plain data: what a memory picture shows.</summary>
public sealed record RecordedPass
{
    /// <summary>Name of the workspace, or of the file that the pass was read from.</summary>
    public required string Workspace { get; init; }

    /// <summary>Signature of the pass.</summary>
    public PassSignature Signature { get; init; }

    /// <summary>Number of the pass in its workspace; 0 when it is not known.</summary>
    public long Number { get; init; }

    /// <summary>How it was served.</summary>
    public required RecordedPassState State { get; init; }

    /// <summary>Requests, uses and releases of the pass; every time lies in 0 to this.</summary>
    public required int Events { get; init; }

    /// <summary>The blocks that have bytes, in order of birth.</summary>
    public required IReadOnlyList<RecordedBlock> Blocks { get; init; }

    /// <summary>Bytes that its plan needs; null when the pass had none.</summary>
    public long? PlanBytes { get; init; }

    /// <summary>Most bytes live at one moment, by the lives that the plan was made for; null without a plan.</summary>
    public long? PlanLowerBound { get; init; }

    /// <summary>What found the plan; null without one.</summary>
    public string? Planner { get; init; }

    /// <summary>Requests that the plan could not serve.</summary>
    public long Deviations { get; init; }

    /// <summary>Most bytes alive at one moment when each block lives to its last checked use, see <see cref="PassTrace.LowerBoundBytes"/>.</summary>
    public required long LastUseBound { get; init; }

    /// <summary>The blocks as a problem for planners, and for allocators that a trace is replayed with.</summary>
    /// <returns>The problem; its buffers stand in the order of <see cref="Blocks"/>.</returns>
    public PlanningProblem ToProblem()
    {
        var buffers = new PlanBuffer[Blocks.Count];
        for (int i = 0; i < buffers.Length; i++) buffers[i] = new PlanBuffer(i, Blocks[i].Birth, Blocks[i].Death, Blocks[i].Bytes);
        return new PlanningProblem(buffers);
    }

    /// <summary>A pass of which nothing is known but its trace: no places, no shapes.</summary>
    /// <param name="workspace">Name of the workspace.</param>
    /// <param name="trace">A complete pass, such as <see cref="Memory.Workspace.LastTrace"/>.</param>
    /// <returns>The pass.</returns>
    public static RecordedPass Of(string workspace, PassTrace trace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(trace);
        return new RecordedPass
        {
            Workspace = workspace,
            Signature = trace.Signature,
            State = RecordedPassState.Learning,
            Events = trace.Events,
            Blocks = WithBytes(Blank(trace)),
            LastUseBound = trace.LowerBoundBytes(),
        };
    }

    internal static RecordedBlock[] Blank(PassTrace trace)
    {
        var blocks = new RecordedBlock[trace.Count];
        for (int i = 0; i < blocks.Length; i++) blocks[i] = RecordedBlock.Of(trace.Entries[i], trace.Events);
        return blocks;
    }

    internal static RecordedBlock[] WithBytes(RecordedBlock[] blocks) => Array.FindAll(blocks, static block => block.Bytes > 0);
}
