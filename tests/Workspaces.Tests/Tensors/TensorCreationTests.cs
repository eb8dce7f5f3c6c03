using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

public sealed class TensorCreationTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void The_sample_of_the_workspace_record_runs()
    {
        using var workspace = WorkspaceManager.Create(new() { InitialSize = 1L << 30, PolicyMirroring = MirroringPolicy.HostOnly });
        using var input = workspace.MemoryManager.Allocate(DType.F32, 32, 32);   // an extension member declared in Workspaces/Tensors
        input.MultiplyInPlace(2);
        Assert.Equal(new Shape(32, 32), input.Shape);
        Assert.All(input.ToArray<float>(), value => Assert.Equal(0, value));
        Assert.Same(workspace, input.Workspace);
        Assert.True(workspace.Memory.Committed >= 1L << 30);
    }

    [Fact]
    public void Every_type_is_filled()
    {
        foreach (DType dtype in Enum.GetValues<DType>())
        {
            Assert.All(Ops.OpRun.Numbers(Tensor.Zeros([3], dtype)), value => Assert.Equal(0, value));
            Assert.All(Ops.OpRun.Numbers(Tensor.Ones([3], dtype)), value => Assert.Equal(1, value));
            Assert.Equal(dtype, Tensor.Empty([2, 0], dtype).DType);
            Assert.Equal(0, Tensor.Full(new Shape(), 0, dtype).Rank);
        }

        Assert.Equal([0, 1, 2], Tensor.Arange(0, 3, 1, DType.I32).ToArray<int>());
        Assert.Equal([5f, 3, 1], Tensor.Arange(5, 0, -2).ToArray<float>());
        Assert.Equal(0, Tensor.Arange(5, 0).Length);
        Assert.Equal([0.0, 0.25, 0.5], Tensor.Arange(0, 0.75, 0.25, DType.F64).ToArray<double>());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e30)]
    [InlineData(-1e30)]
    public void Integers_take_numbers_in_range_only(double value)
    {
        long before = _workspace.Memory.Allocated;
        foreach (DType dtype in (DType[])[DType.I32, DType.I64, DType.U8])
        {
            Assert.Throws<OverflowException>(() => Tensor.Full([2], value, dtype));
            Assert.Throws<OverflowException>(() => Tensor.Scalar(value, dtype));
            Assert.Throws<OverflowException>(() => Tensor.Zeros([2], dtype).FillInPlace(value));
            Assert.Throws<ArgumentException>(() => Tensor.Ones([2], dtype) * value);
        }

        Assert.Equal(before + (3 * 2 * 64), _workspace.Memory.Allocated);
        Assert.Throws<OverflowException>(() => Tensor.Full([2], -1, DType.U8));
        Assert.Throws<OverflowException>(() => Tensor.Full([2], 9223372036854775808.0, DType.I64));
    }

    [Fact]
    public void Numbers_that_an_integer_tensor_would_round_are_refused()
    {
        Tensor x = Tensor.Full([2], 4, DType.I32);
        Assert.Throws<ArgumentException>(() => x * 0.5);
        Assert.Throws<ArgumentException>(() => x + 1.5);
        Assert.Throws<ArgumentException>(() => x.AddInPlace(0.1));
        Assert.Throws<ArgumentException>(() => x - 3e9);
        Assert.Throws<ArgumentException>(() => Tensor.Ones([2], DType.Bool) + 1);
        Assert.Equal([8, 8], (x * 2).ToArray<int>());
        Assert.Equal([2f, 2], (x / 2).ToArray<float>());
    }

    [Fact]
    public void Progressions_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Arange(0, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Arange(0, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Arange(double.NaN, 1));
        Assert.Throws<ShapeException>(() => Tensor.Arange(0, 1e300));
        Assert.Throws<ShapeException>(() => Tensor.Arange(-1e308, 1e308));
        Assert.Throws<OverflowException>(() => Tensor.Arange(0, 300, 1, DType.U8));
        Assert.Throws<ArgumentException>(() => Tensor.Arange(0, 3, 1, DType.Bool));
        Assert.Equal(0, _workspace.Memory.Allocated);
    }

    [Fact]
    public void Elements_must_fit_the_shape_and_have_a_type()
    {
        Assert.Throws<ShapeException>(() => Tensor.From<float>([1, 2, 3], [2, 2]));
        Assert.Throws<ArgumentException>(() => Tensor.From<short>([1, 2]));
        Assert.Throws<ArgumentNullException>(() => Tensor.From<float>((float[])null!));
        Assert.Equal(0, Tensor.From<float>([]).Length);
        Assert.Equal(new Shape(2, 1), Tensor.From([1.5, 2.5], [2, 1]).Shape);
        Assert.Equal(0, _workspace.Memory.Allocated - 64);
    }

    [Fact]
    public void Absurd_shapes_are_refused_before_memory_is()
    {
        Assert.Throws<ShapeException>(() => Tensor.Zeros([-1]));
        Assert.Throws<ShapeException>(() => Tensor.Zeros([1L << 40, 1L << 40]));
        Assert.Throws<ShapeException>(() => Tensor.Zeros([1L << 62]));
        Assert.Throws<ShapeException>(() => Tensor.Zeros([1, 1, 1, 1, 1, 1, 1, 1, 1]));
        Assert.Throws<OutOfWorkspaceException>(() => Tensor.Zeros([1L << 40]));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([1], (DType)99));
        Assert.Equal(0, _workspace.Memory.Allocated);
        Assert.Equal(1, Tensor.Ones([1]).Item());
    }

    [Fact]
    public void Fresh_memory_that_nobody_wrote_is_not_a_number()
    {
        using var workspace = WorkspaceManager.Create(new());
        Assert.All(Tensor.Empty([100]).ToArray<float>(), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Memory_asked_of_a_closed_workspace_is_refused()
    {
        Workspace closed = WorkspaceManager.Create(new());
        closed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => closed.MemoryManager.Allocate(DType.F32, 2));
    }
}
