using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Parity;

/// <summary>What tensors cost, to the byte, and that a workspace gives right results in every element type.</summary>
public sealed class AccountingTests : IDisposable
{
    private const int Mebi = 1 << 20;
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Theory]
    [InlineData(DType.F32, new long[] { })]
    [InlineData(DType.F32, new long[] { 16 })]
    [InlineData(DType.F32, new long[] { 17 })]
    [InlineData(DType.F32, new long[] { 0, 5 })]
    [InlineData(DType.F64, new long[] { 10, 10 })]
    [InlineData(DType.I64, new long[] { 3, 4, 5 })]
    [InlineData(DType.I32, new long[] { 7, 1 })]
    [InlineData(DType.U8, new long[] { 65 })]
    [InlineData(DType.Bool, new long[] { 9 })]
    public void A_tensor_costs_its_bytes_rounded_up_to_64(DType dtype, long[] dims)
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        Tensor other = Tensor.Ones([3]);
        long before = workspace.Memory.Allocated;
        Tensor x = Tensor.Zeros(new Shape(dims), dtype);
        Assert.Equal(before + ((x.Length * dtype.SizeInBytes) + 63) / 64 * 64, workspace.Memory.Allocated);
        x.Dispose();
        Assert.Equal((before, true), (workspace.Memory.Allocated, other.IsAlive));
    }

    [Fact]
    public void Views_cost_nothing_and_a_copy_costs_its_own_bytes()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Arange(0, 240).Reshape(4, 5, 12);
        long before = workspace.Memory.Allocated;
        Tensor turned = x.Permute(2, 0, 1), joined = x.Reshape(20, 12).Transpose(), part = x.Slice(1, 1, 3).Select(0, 2);
        Assert.Equal(before, workspace.Memory.Allocated);
        Tensor copy = turned.Copy();
        Assert.Equal(before + 960, workspace.Memory.Allocated);
        copy.FillInPlace(7);
        Assert.Equal((132f, 13f), (part.Index(0, 0).Item(), joined.Index(1, 1).Item())); // element 2, 1, 0 and element 0, 1, 1
        Assert.Equal(240 * 239 / 2, x.Sum().Item());
    }

    [Fact]
    public void Values_are_written_and_reduced_where_they_lie()
    {
        using Workspace workspace = _manager.Lease(new());
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = workspace.Enter();
            Tensor x = Tensor.Zeros([10, 10]), ones = Tensor.Ones([10, 10]);
            long before = workspace.Memory.Allocated;
            x.FillInPlace(i).AddInPlace(ones).AddInPlace(2);
            Assert.Equal(before, workspace.Memory.Allocated);
            Assert.Equal((100 * (i + 3f), i + 3f), (x.Sum().Item(), x.Index(9, 9).Item()));
        }
    }

    [Fact]
    public void A_request_above_the_cap_is_refused_and_changes_nothing()
    {
        using Workspace workspace = _manager.Lease(new() { MaxSize = Mebi, PolicySpill = SpillPolicy.Fail });
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = workspace.Enter();
            Tensor small = Tensor.Full([100], 5);
            long before = workspace.Memory.Allocated;
            var error = Assert.Throws<OutOfWorkspaceException>(() => Tensor.Zeros([Mebi]));
            Assert.Contains("1048576", error.Numbers, StringComparison.Ordinal);
            Assert.Equal(before, workspace.Memory.Allocated);
            Assert.Equal(200, Tensor.Full([100], 2).Sum().Item());
            Assert.Equal(500, small.Sum().Item());
        }
    }

    [Fact]
    public void Short_odd_arrays_between_doubles_do_no_harm_in_a_hundred_passes()
    {
        using Workspace workspace = _manager.Lease(new());
        for (int i = 0; i < 100; i++)
        {
            using Pass pass = workspace.Enter();
            for (int length = 1; length <= 10; length++)
            {
                Tensor flags = Tensor.Ones([length], DType.Bool), bytes = Tensor.Full([length], 3, DType.U8), doubles = Tensor.Full([length], i, DType.F64);
                Assert.Equal((double)i * length, doubles.Sum().Item<double>());
                Assert.True(flags.ToArray<bool>().All(static flag => flag) && bytes.ToArray<byte>().All(static value => value == 3));
            }
        }

        Assert.Equal((WorkspaceState.Planned, 0L), (workspace.State, workspace.Deviations));
    }

    [Fact]
    public void What_lives_longer_than_a_pass_does_not_count_in_it()
    {
        Tensor outside = Outside.Run(static () => Tensor.Ones([1000]));
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        using var parameter = new Parameter(new Shape(1000), manager: _manager);
        Assert.Equal(0, workspace.Memory.Allocated);
        Assert.Null(outside.Workspace);
        Assert.Null(parameter.Value.Workspace);
        Assert.Equal(1000, outside.Sum().Item());
        Assert.Equal((1L, 0), (Tensor.Scalar(3).Length, Tensor.Scalar(3).Rank));
        outside.Dispose();
    }

    [Fact]
    public void A_small_pass_repeated_a_thousand_times_and_a_thousand_small_tensors_keep_their_values()
    {
        using Workspace workspace = _manager.Lease(new() { InitialSize = 1024 });
        for (int i = 0; i < 1000; i++)
        {
            using Pass pass = workspace.Enter();
            Assert.Equal(i, Tensor.Full([1], i).Item());
        }

        for (int i = 0; i < 5; i++)
        {
            using Pass pass = workspace.Enter(new PassSignature().With(1000));
            Tensor[] many = [.. Enumerable.Range(0, 1000).Select(number => Tensor.Full([1 + (number % 7)], number + i))];
            for (int number = 0; number < many.Length; number++)
                Assert.All(many[number].ToArray<float>(), value => Assert.Equal(number + i, value));
        }
    }

    [Fact]
    public void A_pass_uses_bytes_again_where_a_bump_block_would_add_them_up()
    {
        var statistics = new StatisticsAllocator(new NativeAllocator());
        using var manager = new WorkspaceManager(allocator: statistics);
        using Workspace workspace = manager.Lease(new());
        for (int i = 0; i < 4; i++)
        {
            using Pass pass = workspace.Enter();
            for (int link = 0; link < 50; link++)
            {
                using Tensor x = Tensor.Full([1024], link), y = x.Add(1);
                Assert.Equal(1024 * (link + 1), y.Sum().Item());
            }

            Assert.Equal((0L, 0L), (workspace.Memory.External, statistics.Statistics.LiveBytes)); // the first pass too
        }

        Assert.InRange(workspace.PeakBytes, 8192, 8192 + 64 * 50); // two tensors at a time and the scalars, not a hundred
    }
}
