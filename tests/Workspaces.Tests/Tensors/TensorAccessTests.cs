using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

/// <summary>Reading, writing, copying and moving elements.</summary>
public sealed class TensorAccessTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Items_keep_their_type()
    {
        Assert.Equal(2.5f, Tensor.Scalar(2.5).Item());
        Assert.Equal(2.5, Tensor.Full([1, 1], 2.5, DType.F64).Item<double>());
        Assert.Equal(long.MaxValue, Tensor.From<long>([long.MaxValue]).Item<long>());
        Assert.True(Tensor.From<bool>([true]).Item<bool>());
        Assert.Equal(5f, Tensor.Arange(0, 6).Reshape(2, 3).Transpose().Select(0, 2).Select(0, 1).Item());
        Assert.Throws<ArgumentException>(() => Tensor.Scalar(1, DType.F64).Item());
        Assert.Throws<ArgumentException>(() => Tensor.Scalar(1).Item<int>());
        Assert.Throws<ArgumentException>(() => Tensor.Scalar(1).Item<short>());
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2]).Item());
        Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([0]).Item());
    }

    [Fact]
    public void Strided_views_are_read_and_written_in_row_major_order()
    {
        Tensor x = Tensor.Arange(0, 12).Reshape(3, 4), view = x.Slice(1, 0, 2, 2).Transpose();
        Assert.Equal([0f, 4, 8, 2, 6, 10], view.ToArray<float>());
        var copied = new float[6];
        view.CopyTo<float>(copied);
        Assert.Equal(view.ToArray<float>(), copied);
        Assert.Equal("[[ 0.  4.  8.]\n [ 2.  6. 10.]]", view.ToString());
        view.CopyFrom<float>([1, 2, 3, 4, 5, 6]);
        Assert.Equal([1f, 1, 4, 3, 2, 5, 5, 7, 3, 9, 6, 11], x.ToArray<float>());
        Assert.Equal([7f, 7, 7], Tensor.Scalar(7).BroadcastTo([3]).ToArray<float>());
    }

    [Fact]
    public void Spans_want_contiguous_elements_of_the_right_type()
    {
        Tensor x = Tensor.Arange(0, 6).Reshape(2, 3);
        Assert.Throws<InvalidOperationException>(() => x.Transpose().AsSpan<float>().Length);
        Assert.Throws<InvalidOperationException>(() => x.Transpose().Read<float>(static _ => { }));
        Assert.Throws<ArgumentException>(() => x.AsSpan<double>().Length);
        Assert.Throws<ArgumentException>(() => x.Read<int>(static _ => { }));
        Assert.Throws<ArgumentNullException>(() => x.Read<float>(null!));
        Assert.Equal([3f, 4, 5], x.Select(0, 1).AsSpan<float>().ToArray());
        x.AsSpan<float>()[0] = 9;
        Assert.Equal(9, x.Index(0, 0).Item());
        Assert.Equal(0, Tensor.Zeros([0, 3]).AsSpan<float>().Length);
    }

    [Fact]
    public void Wrong_lengths_are_refused_and_change_nothing()
    {
        Tensor x = Tensor.Ones([3]);
        var error = Assert.Throws<ArgumentException>(() => x.CopyFrom<float>([1, 2]));
        Assert.Contains("3 elements, the other side 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => x.CopyTo<float>(new float[4]));
        Assert.Throws<ArgumentException>(() => x.CopyTo<double>(new double[3]));
        Assert.Throws<ArgumentException>(() => x.CopyFrom<double>([1, 2, 3]));
        Assert.Throws<ShapeException>(() => x.CopyTo(Tensor.Ones([1, 3])));
        Assert.Throws<ArgumentException>(() => x.CopyTo(Tensor.Ones([3], DType.F64)));
        Assert.Equal([1f, 1, 1], x.ToArray<float>());
        Assert.Equal(0, x.Version);
    }

    [Fact]
    public void An_exposed_span_keeps_its_bytes_to_the_end_of_the_pass()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Full([16], 5);
        Span<float> span = x.Reshape(4, 4).AsSpan<float>();
        x.Dispose();
        for (int i = 0; i < 10; i++) Tensor.Full([16], 9);
        foreach (float value in span) Assert.Equal(5, value);
        Assert.False(x.IsAlive);
    }

    [Fact]
    public void Reading_and_copying_expose_nothing()
    {
        long before = _workspace.Memory.Allocated;
        Tensor x = Tensor.Full([16], 5);
        float sum = 0;
        x.Read<float>(elements => sum = elements[0] + elements[15]);
        x.CopyFrom<float>(new float[16]);
        x.ToArray<float>();
        _ = x.ToString();
        x.Dispose();
        Assert.Equal(10, sum);
        Assert.Equal(before, _workspace.Memory.Allocated);
    }

    [Fact]
    public void A_reader_that_disposes_its_tensor_is_told()
    {
        Tensor x = Tensor.Ones([2]);
        Assert.Throws<StaleAccessException>(() => x.Read<float>(_ => x.Dispose()));
    }

    [Fact]
    public void A_result_moves_to_an_outer_pass()
    {
        using Pass outer = _workspace.Enter();
        Tensor moved, source;
        using (Pass inner = _workspace.Enter())
        {
            source = Tensor.Arange(0, 4).Named("kept");
            moved = source.MoveTo(outer);
            Assert.False(source.IsAlive);
            Assert.True(moved == moved.MoveTo(outer));
            Tensor own = Tensor.Ones([1]);
            Assert.True(own == own.MoveTo(inner));
        }

        Assert.Equal([0f, 1, 2, 3], moved.ToArray<float>());
        Assert.Equal("kept", moved.Name);
    }

    [Fact]
    public void A_result_moves_to_another_workspace()
    {
        using var manager = new WorkspaceManager();
        Tensor moved;
        Workspace other = manager.Lease(new());
        using (_workspace.Enter())
        {
            // A second lease is inside the first flow: its root is ambient until it is disposed.
            Tensor x = Tensor.Arange(0, 4).Reshape(2, 2);
            moved = x.Transpose().MoveTo(other);
            Assert.True(x.IsAlive);
            Assert.Same(other, moved.Workspace);
            Assert.False(moved.IsView);
            Assert.Equal([0f, 2, 1, 3], moved.AsSpan<float>().ToArray());
        }

        Assert.True(moved.IsAlive);
        other.Dispose();
        Assert.False(moved.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => Tensor.Ones([1]).MoveTo(other));
        Assert.Throws<ArgumentNullException>(() => Tensor.Ones([1]).MoveTo((Workspace)null!));
        Assert.Throws<StaleAccessException>(() => Tensor.Ones([1]).MoveTo(default(Pass)));
    }

    [Fact]
    public void What_the_tape_holds_moves_only_detached()
    {
        using Pass outer = _workspace.Enter();
        using Pass inner = _workspace.Enter();
        Tensor x = Tensor.Ones([2]).RequireGrad(), weight = Tensor.Full([2], 3);
        Tensor h = x * weight, loss = h.Sum();
        Assert.Throws<InvalidOperationException>(() => h.MoveTo(outer));
        var error = Assert.Throws<InvalidOperationException>(() => weight.MoveTo(outer));
        Assert.Contains("Detach", error.Message, StringComparison.Ordinal);
        Tensor kept = h.Detach().MoveTo(outer);
        Assert.True(h.IsAlive);
        loss.Backward();
        Assert.Equal([3f, 3], kept.ToArray<float>());
        Assert.Equal([3f, 3], weight.MoveTo(outer).ToArray<float>());
    }

    [Fact]
    public void Copies_between_tensors_walk_any_strides()
    {
        Tensor source = Tensor.Arange(0, 6, 1, DType.I64).Reshape(2, 3), target = Tensor.Zeros([3, 4], DType.I64);
        source.Transpose().CopyTo(target.Slice(1, 1, 2));
        Assert.Equal([0L, 0, 3, 0, 0, 1, 4, 0, 0, 2, 5, 0], target.ToArray<long>());
        Assert.Equal(1, target.Version);
        Tensor flags = Tensor.From<bool>([true, false]), other = Tensor.Zeros([2], DType.Bool);
        flags.CopyTo(other);
        Assert.Equal([true, false], other.ToArray<bool>());
    }
}
