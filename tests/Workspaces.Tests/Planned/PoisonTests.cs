using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>Memory that nobody has written is NaN in the very first pass, so an op that forgets to zero shows at once and not only when planned.</summary>
public sealed class PoisonTests
{
    [Theory]
    [InlineData(LifetimePolicy.Released)]
    [InlineData(LifetimePolicy.LastUse)]
    public void An_op_that_forgets_to_zero_gives_NaN_in_its_first_pass(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        planned.Passes(1, _ =>
        {
            Tensor sum = ColumnSums(Tensor.Ones([5, 3]), zeroed: false);
            Assert.All(sum.ToArray<float>(), value => Assert.True(float.IsNaN(value)));
            Assert.True(float.IsNaN(sum.Mean().Item()));
        });
    }

    [Fact]
    public void Undefined_content_is_NaN_or_minus_one_at_first()
    {
        using var planned = new PlannedWorkspace();
        planned.Passes(1, _ =>
        {
            Assert.All(Tensor.Empty([100]).ToArray<float>(), value => Assert.True(float.IsNaN(value)));
            Assert.All(Tensor.Empty([100], DType.F64).ToArray<double>(), value => Assert.True(double.IsNaN(value)));
            Assert.All(Tensor.Empty([100], DType.I32).ToArray<int>(), value => Assert.Equal(-1, value));
        });
    }

    [Fact]
    public void Zeroed_memory_is_zero_wherever_the_plan_lays_it()
    {
        using var planned = new PlannedWorkspace();
        planned.Plan(() =>
        {
            Tensor dirty = Tensor.Full([300], 7);
            dirty.Dispose();
            Tensor zeros = Tensor.Zeros([300]);
            Assert.All(zeros.ToArray<float>(), value => Assert.Equal(0f, value));
            zeros.Dispose();
            Assert.Equal([5f, 5, 5], ColumnSums(Tensor.Ones([5, 3]), zeroed: true).ToArray<float>());
        });
    }

    /// <summary>Adds rows to what it takes for zeros.</summary>
    private static Tensor ColumnSums(Tensor x, bool zeroed)
    {
        using var op = new OpScope("ColumnSums", x);
        Tensor sums = op.Allocate(x.DType, new Shape(x.Shape[1]), zeroed);
        ReadOnlySpan<float> from = op.ReadSpan<float>(x);
        Span<float> to = op.WriteSpan<float>(sums);
        for (int i = 0; i < from.Length; i++) to[i % to.Length] += from[i];
        op.Complete();
        return sums;
    }
}
