using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Recording;
using Workspaces.NN;
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
    public void Blocks_that_own_their_memory_lie_outside_and_keep_their_kind()
    {
        using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "own", WorkspaceMode = WorkspaceMode.None });
        using PassRecording recording = _manager.RecordPasses();
        Step(workspace, 100);
        Assert.All(Assert.Single(recording.Passes).Blocks, static block => Assert.Equal((true, RecordedBlock.NoOffset), (block.IsOutside, block.Offset)));
        Assert.Contains(recording.Passes[0].Blocks, static block => block.Kind == BlockKind.Temporary);
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

    [Fact]
    public void Scratch_has_the_name_of_the_op_that_needs_it()
    {
        using Workspace workspace = Lease();
        using PassRecording recording = _manager.RecordPasses();
        using (workspace.Enter()) Tensor.Ones([200, 300]).MatMul(Tensor.Ones([300, 100])).Sum();
        RecordedBlock[] scratch = [.. Assert.Single(recording.Passes).Blocks.Where(static block => block.Kind == BlockKind.Scratch)];
        Assert.NotEmpty(scratch);
        Assert.All(scratch, static block => Assert.Equal("MatMul", block.Op));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Layers_inside_a_block_have_their_own_paths_forward_and_backward(double dropout)
    {
        using var model = new Sequential(
            new TransformerBlock(16, 2, hidden: 32, dropout: dropout, manager: _manager), new Residual(new Linear(16, 16, manager: _manager)), new Linear(16, 3, manager: _manager));
        using Workspace workspace = Lease();
        using PassRecording recording = _manager.RecordPasses();
        using (workspace.Enter())
        {
            model.Forward(Tensor.Ones([2, 5, 16])).Sum().Backward();
            Tensor.Ones([7]);
        }

        IReadOnlyList<RecordedBlock> blocks = Assert.Single(recording.Passes).Blocks;
        string[] layers =
        [
            "0 TransformerBlock", "0.linear1 Linear", "0.linear2 Linear", "0.norm1 LayerNorm", "0.norm2 LayerNorm", "0.self_attn MultiHeadAttention", "0.self_attn.in_proj Linear",
            "0.self_attn.out_proj Linear", "1 Residual", "1.inner Linear", "2 Linear",
        ];
        Assert.Equal(layers, Parts(blocks.Where(static block => block.Kind is BlockKind.Activation or BlockKind.Temporary)).Where(static part => part != "0.dropout Dropout"));
        // Sums hand gradients on, and a norm adds its own to what the way around it has made: they need no block.
        string[] backward = [.. Parts(blocks.Where(static block => block.Kind == BlockKind.Gradient))];
        Assert.Empty(new[] { "0.linear1 Linear", "0.linear2 Linear", "0.self_attn MultiHeadAttention", "0.self_attn.out_proj Linear", "1.inner Linear", "2 Linear" }.Except(backward));
        Assert.Empty(backward.Except([.. layers, "0.dropout Dropout"]));
        Assert.Equal(dropout > 0, blocks.Any(static block => block.Part == "0.dropout Dropout"));
        Assert.Null(blocks[^1].Part);
    }

    [Fact]
    public void Attention_to_another_sequence_names_its_projections()
    {
        using var attention = new MultiHeadAttention(8, 2, manager: _manager);
        using Workspace workspace = Lease();
        using PassRecording recording = _manager.RecordPasses();
        using (workspace.Enter()) attention.Forward(Tensor.Ones([1, 2, 8]), Tensor.Ones([1, 3, 8]), Tensor.Ones([1, 3, 8]));
        Assert.Equal(
            ["MultiHeadAttention MultiHeadAttention", "in_proj Linear", "out_proj Linear"], Parts(Assert.Single(recording.Passes).Blocks));
    }

    private static IEnumerable<string> Parts(IEnumerable<RecordedBlock> blocks) =>
        blocks.Select(static block => block.Part).OfType<string>().Distinct().Order(StringComparer.Ordinal);

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
