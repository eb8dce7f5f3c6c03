using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Seams;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>Writes through spans between forward and backward: told when a gradient would be wrong, and only then.</summary>
public sealed class SpanWriteTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public SpanWriteTests()
    {
        _workspace = _manager.Lease(new WorkspaceConfiguration { Name = "step" });
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_write_through_a_span_between_forward_and_backward_names_the_tensor_and_the_op_that_needs_it()
    {
        using Pass pass = _workspace.Enter();
        Tensor leaf = Tensor.Ones([4]).RequireGrad(), data = Tensor.Full([4], 2).Named("data"), loss = (data * leaf).Sum();
        data.AsSpan<float>()[3] = 7;
        string message = Assert.Throws<InvalidOperationException>(() => loss.Backward()).Message;
        Assert.Contains("'data'", message, StringComparison.Ordinal);
        Assert.Contains("Multiply", message, StringComparison.Ordinal);
        Assert.Contains("a write through a span wrote to it in place in between", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_span_written_between_two_steps_disturbs_neither()
    {
        using var weight = new Parameter(new Shape(4), manager: _manager);
        weight.Value.CopyFrom<float>([1, 1, 1, 1]);
        for (int step = 1; step < 6; step++)
        {
            using Pass pass = _workspace.Enter();
            Tensor loss = (weight.Value * weight.Value).Sum();
            Span<float> span = weight.Value.AsSpan<float>(); // taken while the tape holds it
            loss.Backward();
            Assert.Equal(2f * span[0], weight.Grad!.Value.ToArray<float>()[0]);
            weight.ZeroGrad();
            span.Fill(step);
        }
    }

    [Fact]
    public void Of_two_graphs_only_the_one_from_before_the_write_is_refused()
    {
        using Pass pass = _workspace.Enter();
        Tensor leaf = Tensor.Ones([4]).RequireGrad(), data = Tensor.Full([4], 2), before = (data * leaf).Sum();
        data.AsSpan<float>().Fill(5);
        Tensor after = (data * leaf).Sum();
        after.Backward();
        Assert.Equal([5f, 5, 5, 5], leaf.Grad!.Value.ToArray<float>());
        Assert.Throws<InvalidOperationException>(() => before.Backward());
    }

    [Fact]
    public void A_write_in_place_between_a_span_and_another_graph_is_not_taken_for_the_span()
    {
        using Pass pass = _workspace.Enter();
        Tensor leaf = Tensor.Ones([4]).RequireGrad(), data = Tensor.Full([4], 2), before = (data * leaf).Sum();
        _ = data.AsSpan<float>()[0];
        using (Gradients.Off()) data.FillInPlace(3);
        Tensor after = (data * leaf).Sum();
        after.Backward();
        Assert.Equal([3f, 3, 3, 3], leaf.Grad!.Value.ToArray<float>());
        Assert.Contains("FillInPlace wrote to it", Assert.Throws<InvalidOperationException>(() => before.Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_through_the_span_of_a_view_is_one_to_the_tensor_under_it()
    {
        using Pass pass = _workspace.Enter();
        Tensor data = Tensor.Ones([2, 4]), loss = (data * Tensor.Ones([2, 4]).RequireGrad()).Sum();
        data.Select(0, 1).AsSpan<float>()[0] = 3;
        Assert.Throws<InvalidOperationException>(() => loss.Backward());
    }

    [Fact]
    public void A_span_written_after_the_tensor_was_disposed_is_noticed_while_the_tape_keeps_its_bytes()
    {
        using Pass pass = _workspace.Enter();
        Tensor data = Tensor.Ones([4]), loss = (data * Tensor.Ones([4]).RequireGrad()).Sum();
        Span<float> span = data.AsSpan<float>();
        data.Dispose();
        span[1] = 4;
        Assert.Throws<InvalidOperationException>(() => loss.Backward());
    }

    [Fact]
    public void A_header_that_serves_another_tensor_is_not_watched_any_more()
    {
        using Pass pass = _workspace.Enter();
        for (int i = 0; i < 3; i++)
        {
            Tensor leaf = Tensor.Ones([4]).RequireGrad();
            using Tensor data = Tensor.Full([4], i);
            using Tensor product = data * leaf;
            _ = i == 0 ? data.AsSpan<float>()[0] : 0;
            product.Sum().Backward();
            Assert.Equal([i, i, i, (float)i], leaf.Grad!.Value.ToArray<float>());
        }
    }

    [Fact]
    public void A_read_only_tensor_span_is_not_watched()
    {
        using Pass pass = _workspace.Enter();
        Tensor data = Tensor.Ones([4]), loss = (data * Tensor.Ones([4]).RequireGrad()).Sum();
        _ = data.AsReadOnlyTensorSpan<float>();
        Assert.False(data.HeaderOrNull!.IsWatched);
        _ = data.AsTensorSpan<float>();
        Assert.True(data.HeaderOrNull!.IsWatched);
        loss.Backward();
    }
}
