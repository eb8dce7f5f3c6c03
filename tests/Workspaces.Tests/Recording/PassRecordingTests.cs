using Workspaces.Memory;
using Workspaces.Memory.Recording;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Recording;

/// <summary>What is recorded of passes, and when.</summary>
public sealed class PassRecordingTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void The_first_pass_learns_the_next_are_planned_and_one_that_deviates_spills()
    {
        using Workspace workspace = Lease();
        using PassRecording recording = _manager.RecordPasses();
        for (int i = 0; i < 4; i++) Step(workspace, 100);
        using (workspace.Enter())
        {
            Tensor first = Tensor.Ones([100]), larger = Tensor.Ones([5000]);
        }

        Assert.Equal(
            [(RecordedPassState.Learning, 1), (RecordedPassState.Planned, 3), (RecordedPassState.Spilled, 1L)], recording.Runs.Select(static run => (run.State, run.Count)));
        RecordedPass planned = recording.Passes.Single(static pass => pass.State == RecordedPassState.Planned);
        Assert.All(planned.Blocks, static block => Assert.True(block is { IsPlanned: true, Offset: >= 0 }));
        Assert.Equal(planned.PlanBytes, planned.Blocks.Max(static block => block.Offset + Up(block.Bytes)));
        Assert.Equal(planned.PlanLowerBound, planned.ToProblem().LowerBound);
        RecordedPass spilled = recording.Passes.Single(static pass => pass.State == RecordedPassState.Spilled);
        Assert.Equal(spilled.Deviations, spilled.Blocks.Count(static block => !block.IsPlanned));
        Assert.All(spilled.Blocks.Where(static block => !block.IsPlanned), block => Assert.True(block.Offset >= spilled.PlanBytes));
    }

    [Fact]
    public void Lives_are_those_of_the_trace()
    {
        using Workspace workspace = Lease();
        using PassRecording recording = _manager.RecordPasses();
        Step(workspace, 100);

        RecordedPass pass = Assert.Single(recording.Passes);
        RecordedPass blank = RecordedPass.Of("loop", workspace.LastTrace!);
        Assert.Equal(blank.Blocks.Select(static block => (block.Birth, block.Death, block.LastUse, block.Bytes, block.Op)), pass.Blocks.Select(static block => (block.Birth, block.Death, block.LastUse, block.Bytes, block.Op)));
        Assert.All(blank.Blocks, static block => Assert.Equal(RecordedBlock.NoOffset, block.Offset));
        Assert.Equal(workspace.LastTrace!.LowerBoundBytes(), pass.LastUseBound);
    }

    [Fact]
    public void Without_details_passes_are_counted_and_nothing_else_is_kept()
    {
        using Workspace workspace = Lease();
        using PassRecording recording = _manager.RecordPasses();
        recording.HasDetails = false;
        for (int i = 0; i < 3; i++) Step(workspace, 100);
        Assert.Empty(recording.Passes);
        Assert.Equal(3, recording.Runs.Sum(static run => run.Count));
        recording.HasDetails = true;
        Step(workspace, 100);
        Assert.Equal(RecordedPassState.Planned, Assert.Single(recording.Passes).State);
    }

    [Fact]
    public void A_recording_that_has_ended_keeps_what_it_has_and_takes_nothing_more()
    {
        using Workspace workspace = Lease();
        PassRecording recording = _manager.RecordPasses(), other = _manager.RecordPasses();
        Step(workspace, 100);
        recording.Dispose();
        recording.Dispose();
        recording.HasDetails = true;
        Step(workspace, 100);
        other.Dispose();
        Step(workspace, 100);

        Assert.False(recording.HasDetails);
        Assert.Equal((1L, 2L), (recording.Runs.Sum(static run => run.Count), other.Runs.Sum(static run => run.Count)));
        Assert.Null(_manager.PassRecordings);
        Assert.Null(_manager.Sites);
    }

    [Fact]
    public void A_pass_that_was_open_before_the_recording_began_is_counted_only()
    {
        using Workspace workspace = Lease();
        PassRecording recording;
        using (workspace.Enter())
        {
            for (int i = 0; i < 3; i++) Tensor.Ones([100]).Dispose(); // one header serves them all
            recording = _manager.RecordPasses();
            Tensor.Ones([100]).Dispose();
        }

        Assert.Empty(recording.Passes);
        Assert.Equal(1, Assert.Single(recording.Runs).Count);
        Step(workspace, 100);
        Assert.Single(recording.Passes);
        recording.Dispose();
    }

    [Fact]
    public void Blocks_that_own_their_memory_are_external()
    {
        using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "own", WorkspaceMode = WorkspaceMode.None });
        using PassRecording recording = _manager.RecordPasses();
        Step(workspace, 100);
        Assert.All(Assert.Single(recording.Passes).Blocks, static block => Assert.Equal((BlockKind.External, RecordedBlock.NoOffset), (block.Kind, block.Offset)));
    }

    [Fact]
    public void What_a_pass_computes_does_not_depend_on_being_recorded()
    {
        using Workspace workspace = Lease();
        float before = Step(workspace, 100);
        using PassRecording recording = _manager.RecordPasses();
        Assert.Equal(before, Step(workspace, 100));
        Assert.Equal(0, workspace.Deviations);
    }

    private static float Step(Workspace workspace, int length)
    {
        using Pass pass = workspace.Enter();
        using Tensor x = Tensor.Ones([length]);
        using Tensor y = x * 2;
        using Tensor z = y + x;
        return z.Sum().Item();
    }

    private static long Up(long bytes) => (bytes + 63) / 64 * 64;

    private Workspace Lease() => _manager.Lease(new WorkspaceConfiguration { Name = "loop" });
}
