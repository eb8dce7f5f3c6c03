using System.Buffers;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Seams;
using Workspaces.Tensors;
using Numerics = System.Numerics.Tensors;

namespace Workspaces.Tests.Seams;

/// <summary>Code that is generic over ITensor creates in the ambient workspace; everything else behaves as with the base library's own tensor.</summary>
public sealed class WorkspaceTensorTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public WorkspaceTensorTests() => _workspace = _manager.Lease(new() { Name = "generic" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Generic_code_creates_in_the_ambient_workspace_and_computes_the_same()
    {
        Numerics.Tensor<float> expected = Outer<Numerics.Tensor<float>>(5);
        using Pass pass = _workspace.Enter();
        WorkspaceTensor<float> actual = Outer<WorkspaceTensor<float>>(5);
        Assert.Same(_workspace, actual.Tensor.Workspace);
        Assert.True(_workspace.Memory.Allocated >= 100);
        var flat = new float[25];
        expected.FlattenTo(flat);
        Assert.Equal(flat, actual.Tensor.ToArray<float>());
    }

    [Fact]
    public void Slices_share_elements_as_those_of_the_base_library_do()
    {
        Numerics.Tensor<float> expected = Numbers<Numerics.Tensor<float>>();
        WorkspaceTensor<float> actual = Numbers<WorkspaceTensor<float>>();
        Check(expected.Slice(1..3, 2..4), actual.Slice(1..3, 2..4));
        Check(expected.Slice([1, 1]), actual.Slice([1, 1]));
        Check(expected[0..2, 1..5], actual[0..2, 1..5]);
        Check(expected.Slice(2..2, 0..5), actual.Slice(2..2, 0..5));
        actual[1..3, 0..2].Fill(-1);
        expected[1..3, 0..2].Fill(-1);
        Check(expected, actual);
        actual[0..1, 0..2] = actual[2..3, 3..5];
        expected[0..1, 0..2] = expected[2..3, 3..5];
        Check(expected, actual);
        Check(expected.Slice(1..3, 2..4).Slice([1, 0]), actual.Slice(1..3, 2..4).Slice([1, 0]));
    }

    [Fact]
    public void Elements_are_reached_in_every_way_of_the_interface()
    {
        WorkspaceTensor<float> x = Numbers<WorkspaceTensor<float>>();
        Assert.Equal(7, x[1, 2]);
        x[1, 2] = 70;
        x[[new NIndex(1, fromEnd: true), new NIndex(1, fromEnd: true)]] = 140;
        Assert.Equal([70f, 140f], [x.Tensor.ToArray<float>()[7], x.Tensor.ToArray<float>()[14]]);
        Assert.Equal(70, x.AsTensorSpan()[1, 2]);
        Assert.Equal(70, x.AsReadOnlyTensorSpan([1, 2])[0, 0]);
        Assert.Equal(70, x.AsTensorSpan(1..2, 2..3)[0, 0]);
        Assert.Equal([5, 6, 70], x.GetSpan([1, 0], 3).ToArray());
        Assert.False(x.TryGetSpan([1, 0], 100, out Span<float> _));
        Assert.Equal(0, x.GetPinnableReference());
        Assert.Equal(3, x.GetDimensionSpan(0).Length);
        Numerics.ITensor untyped = x;
        untyped[[0, 1]] = 11f;
        Assert.Equal(11f, untyped[[0, 1]]);
        untyped.Fill(4f);
        Assert.All(x.Tensor.ToArray<float>(), static value => Assert.Equal(4, value));
        untyped.Clear();
        Assert.All(x.Tensor.ToArray<float>(), static value => Assert.Equal(0, value));
        Assert.True(x is { IsPinned: true, IsDense: true, IsEmpty: false, IsReadOnly: false, Rank: 2, FlattenedLength: 15 });
        Assert.Throws<InvalidCastException>(() => untyped.Fill("text"));
        Assert.Throws<IndexOutOfRangeException>(() => x[3, 0]);
    }

    [Fact]
    public void Strided_tensors_are_created_and_made_dense()
    {
        WorkspaceTensor<float> x = WorkspaceTensor<float>.CreateFromShape([2, 3], [1, 2]);
        Assert.Equal([1, 2], x.Strides.ToArray());
        x[1, 2] = 5;
        Assert.Equal([0, 0, 0, 0, 0, 5], x.Tensor.ToArray<float>());
        WorkspaceTensor<float> dense = x.ToDenseTensor();
        Assert.Equal([3, 1], dense.Strides.ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 5], dense.Tensor.ToArray<float>());
        Assert.Same(dense, dense.ToDenseTensor());
        Assert.Throws<ShapeException>(() => WorkspaceTensor<float>.CreateFromShape([2, 3], [1]));
        Assert.Throws<ShapeException>(() => WorkspaceTensor<float>.CreateFromShape([2, 3], [1, 1]));
        Assert.Throws<ShapeException>(() => WorkspaceTensor<float>.CreateFromShape([-1]));
        Assert.True(WorkspaceTensor<long>.Empty.IsEmpty);
        Assert.Equal(6, WorkspaceTensor<byte>.CreateFromShapeUninitialized([2, 3], pinned: true).FlattenedLength);
    }

    [Fact]
    public void Stale_use_throws_whatever_is_asked()
    {
        WorkspaceTensor<float> x, view;
        using (_workspace.Enter())
        {
            x = Numbers<WorkspaceTensor<float>>();
            view = x.Slice(0..1, 0..2);
        }

        Assert.False(x.IsAlive);
        Assert.Throws<StaleAccessException>(() => x[0, 0]);
        Assert.Throws<StaleAccessException>(() => x.AsTensorSpan().Rank);
        Assert.Throws<StaleAccessException>(() => x.Fill(1));
        Assert.Throws<StaleAccessException>(() => x.FlattenTo(new float[15]));
        Assert.Throws<StaleAccessException>(() => x.Slice(0..1, 0..1));
        Assert.Throws<StaleAccessException>(() => x.Tensor);
        Assert.Throws<StaleAccessException>(() => x.FlattenedLength);
        Assert.Throws<StaleAccessException>(() => view[0, 1]);
        Assert.Equal("stale tensor", x.ToString());
        Assert.Throws<StaleAccessException>(() => new WorkspaceTensor<float>(default));
        Assert.Throws<ArgumentException>(() => new WorkspaceTensor<float>(Tensor.Zeros([1], DType.I32)));
    }

    [Fact]
    public void Our_own_tensors_are_shown_with_their_strides_and_released()
    {
        Tensor x = Tensor.Arange(0, 6).Reshape(2, 3).Transpose();
        var shown = new WorkspaceTensor<float>(x);
        Assert.Equal([3, 2], shown.Lengths.ToArray());
        Assert.Equal([1, 3], shown.Strides.ToArray());
        Assert.Equal(5, shown[2, 1]);
        var own = new WorkspaceTensor<float>(Tensor.Zeros([2]));
        own.Dispose();
        own.Dispose();
        Assert.Throws<StaleAccessException>(() => own[0]);
        Assert.True(new WorkspaceTensor<float>(Tensor.Zeros([1]).BroadcastTo([3])).IsReadOnly);
    }

    private static TSelf Outer<TSelf>(int n)
        where TSelf : Numerics.ITensor<TSelf, float>
    {
        TSelf product = TSelf.CreateFromShape([n, n]);
        for (nint i = 0; i < n; i++)
        {
            for (nint j = 0; j < n; j++) product[[i, j]] = (i + 1) * (j + 1);
        }

        return product;
    }

    private static TSelf Numbers<TSelf>()
        where TSelf : Numerics.ITensor<TSelf, float>
    {
        TSelf numbers = TSelf.CreateFromShapeUninitialized([3, 5]);
        for (nint i = 0; i < 15; i++) numbers[[i / 5, i % 5]] = i;
        return numbers;
    }

    private static void Check(Numerics.Tensor<float> expected, WorkspaceTensor<float> actual)
    {
        Assert.Equal(expected.Lengths.ToArray(), actual.Lengths.ToArray());
        float[] wanted = new float[expected.FlattenedLength], got = new float[actual.FlattenedLength];
        expected.FlattenTo(wanted);
        actual.FlattenTo(got);
        Assert.Equal(wanted, got);
        Assert.True(actual.TryFlattenTo(got));
    }
}
