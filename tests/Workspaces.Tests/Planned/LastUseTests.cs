using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>Lifetimes: LastUse. A tensor dies with its last recorded use, never before, and whoever uses it once more is told so.</summary>
public sealed class LastUseTests : IDisposable
{
    private const int Length = 256;
    private const long Bytes = Length * sizeof(float);
    private readonly PlannedWorkspace _planned = new(LifetimePolicy.LastUse);

    public void Dispose() => _planned.Dispose();

    [Fact]
    public void A_chain_without_any_release_needs_two_tensors()
    {
        float result = 0;
        _planned.Plan(() => result = Chain(20).Sum().Item());
        Assert.Equal(21f * Length, result);
        Assert.InRange(_planned.Workspace.PlannedPeakBytes, 2 * Bytes, (2 * Bytes) + 64);
        Assert.True(_planned.Workspace.LearningPeakBytes >= 20 * Bytes);
    }

    [Fact]
    public void An_output_never_lies_over_an_operand_that_dies_in_the_op() => _planned.Plan(() =>
    {
        Tensor x = Tensor.Arange(0, Length), y = Tensor.Arange(0, Length);
        nint addressX = x.HeaderOrNull!.Address, addressY = y.HeaderOrNull!.Address;
        Tensor sum = x + y;
        Assert.NotEqual(addressX, sum.HeaderOrNull!.Address);
        Assert.NotEqual(addressY, sum.HeaderOrNull!.Address);
        Assert.Equal(2f * (Length - 1), sum.Select(0, Length - 1).Item());
    });

    [Fact]
    public void An_unread_second_output_is_not_laid_over_the_first() => _planned.Plan(() =>
    {
        (Tensor first, Tensor second) = Pair(Tensor.Ones([Length]));
        Assert.True(Math.Abs(first.HeaderOrNull!.Address - second.HeaderOrNull!.Address) >= Bytes);
        Tensor other = Tensor.Full([Length], 5);
        Assert.Equal(1f, first.Mean().Item());
        Assert.Equal(5f, other.Mean().Item());
    });

    [Fact]
    public void A_use_through_a_view_counts_on_its_base() => _planned.Plan(() =>
    {
        Tensor x = Tensor.Arange(0, Length), view = x.Reshape(2, Length / 2).Select(0, 1), detached = x.Detach();
        Tensor y = x + 1;
        for (int i = 0; i < 5; i++) y = y + 1;
        Tensor z = view * 1;
        for (int i = 0; i < 5; i++) z = z + 1;
        Tensor w = detached * 1;
        Assert.Equal(Length - 1f + 5, z.Max().Item());
        Assert.Equal(Length - 1f, w.Max().Item());
        Assert.Equal(6f, y.Min().Item());
    });

    [Fact]
    public void What_is_asked_about_a_tensor_is_no_use_and_stays_readable_after_the_last_one() => _planned.Plan(() =>
    {
        Tensor x = Tensor.Ones([2, Length]).Named("x"), y = x + 1;
        Tensor z = Tensor.Full([2, Length], 7) + y;
        Assert.Equal(new Shape(2, Length), x.Shape);
        Assert.Equal("x", x.Name);
        Assert.Equal(2, y.Rank);
        Assert.False(y.RequiresGrad || y.IsView || x == y);
        Assert.Equal(DType.F32, x.DType);
        Assert.Equal(new Shape(Length, 2), y.Transpose().Shape);
        Assert.Equal(9f, z.Mean().Item());
        x.Dispose();
        Assert.Throws<StaleAccessException>(() => x.Shape);
    });

    [Fact]
    public void Inference_through_ops_that_would_record_keeps_nothing()
    {
        using var weight = new Parameter([Length, Length], manager: _planned.Manager);
        float result = -1;
        _planned.Plan(() =>
        {
            using NoGradScope off = Gradients.Off();
            Tensor x = Tensor.Ones([4, Length]);
            for (int i = 0; i < 6; i++) x = x.Linear(weight.Value).Relu().Tanh();
            result = x.Sum().Item();
        });
        Assert.Equal(0f, result);
    }

    [Fact]
    public void A_graph_that_never_runs_backward_holds_to_the_end_of_the_pass() => _planned.Plan(() =>
    {
        Tensor x = Tensor.Ones([Length]).RequireGrad();
        Tensor y = x.Tanh(), z = y.Exp();
        Tensor saved = new(z.HeaderOrNull!, z.Generation);
        for (int i = 0; i < 5; i++) _ = Tensor.Full([Length], 3) + i;
        Assert.True(y.HeaderOrNull!.Holds > 0 && saved.HeaderOrNull!.Holds > 0);
        Assert.Equal(MathF.Exp(MathF.Tanh(1)), TensorMemory.Span<float>(z.HeaderOrNull!)[0], 1e-5f);
    });

    [Fact]
    public void Reading_what_is_never_read_else_throws_once_and_lengthens_the_next_plan()
    {
        int thrown = 0;
        for (int i = 0; i < 1000; i++)
        {
            using Pass pass = _planned.Workspace.Enter();
            Tensor h = Tensor.Full([Length], i) + 1, y = Chain(4);
            if (i % 100 == 99)
            {
                try
                {
                    Assert.Equal(i + 1f, h.Select(0, 3).Item());
                }
                catch (StaleAccessException error)
                {
                    Assert.Contains("Keep()", error.Message, StringComparison.Ordinal);
                    Assert.Contains("made by Add", error.Message, StringComparison.Ordinal);
                    thrown++;
                }
            }

            Assert.Equal(5f * Length, y.Sum().Item());
        }

        // What nobody reads is never ended: 1 use, its making. So h dies here only if something reads it.
        Assert.Equal(0, thrown);
        Assert.Equal(0, Steps(1000, i => i % 100 == 99, keep: false, out int firstThrow));
        Assert.Equal(99, firstThrow);
    }

    [Fact]
    public void Keep_leaves_a_tensor_alone()
    {
        Assert.Equal(0, Steps(400, i => i % 100 == 99, keep: true, out int firstThrow));
        Assert.Equal(-1, firstThrow);
        Assert.Throws<StaleAccessException>(() => default(Tensor).Keep());
    }

    [Fact]
    public void Fewer_uses_than_recorded_keep_the_tensor_and_cost_spills_only()
    {
        void Body(int uses)
        {
            Tensor x = Tensor.Full([Length], 3), sum = Tensor.Zeros([Length]);
            for (int i = 0; i < uses; i++) sum.AddInPlace(x);
            Tensor[] ballast = [.. Enumerable.Range(0, 5).Select(i => Tensor.Full([Length], i) + 1)];
            if (x.IsAlive) Assert.Equal(3f, TensorMemory.Span<float>(x.HeaderOrNull!)[Length - 1]);
            Assert.Equal(3f * uses, sum.Mean().Item());
            for (int i = 0; i < 5; i++) Assert.Equal(i + 1f, ballast[i].Mean().Item());
        }

        _planned.Plan(() => Body(8));
        long plans = _planned.Workspace.PlansMade;
        _planned.Passes(1, _ => Body(3));
        Assert.True(_planned.Workspace.Deviations > 0);
        _planned.Passes(1, _ => Body(8));
        Assert.Equal(plans, _planned.Workspace.PlansMade);

        // Two tensors are used more often than recorded; the first late use ends the pass, so it takes two passes to learn of both.
        for (int i = 0; i < 2; i++)
        {
            StaleAccessException error = Assert.Throws<StaleAccessException>(() => _planned.Passes(1, _ => Body(16)));
            Assert.Contains("Keep()", error.Message, StringComparison.Ordinal);
            Assert.Equal(plans + i + 1, _planned.Workspace.PlansMade);
        }

        _planned.Passes(20, i => Body(i % 2 == 0 ? 16 : 8));
        Assert.Equal(WorkspaceState.Planned, _planned.Workspace.State);
    }

    /// <summary>Where a use beyond the record throws depends on the program, not on where things lie.</summary>
    [Theory]
    [InlineData(1, 4096)]
    [InlineData(4096, 1)]
    [InlineData(300, 300)]
    public void A_late_use_throws_the_same_whatever_the_layout(int small, int large)
    {
        void Body(bool late)
        {
            Tensor ballast = Tensor.Ones([large]), x = Tensor.Full([small], 2), more = ballast + 1;
            Tensor y = x + 1;
            if (late) Assert.Contains("Keep()", Assert.Throws<StaleAccessException>(() => _ = x * 2).Message, StringComparison.Ordinal);
            Assert.Equal(3f, y.Mean().Item());
            Assert.Equal(2f, more.Mean().Item());
        }

        _planned.Plan(() => Body(late: false));
        _planned.Passes(1, _ => Body(late: true));
        _planned.Passes(2, _ => Body(late: false));
        Assert.Equal(WorkspaceState.Planned, _planned.Workspace.State);
    }

    /// <summary>Runs steps in which some read a tensor once more; returns how often that threw after the first time.</summary>
    private int Steps(int count, Func<int, bool> reads, bool keep, out int firstThrow)
    {
        int again = 0;
        firstThrow = -1;
        using var planned = new PlannedWorkspace(LifetimePolicy.LastUse);
        for (int i = 0; i < count; i++)
        {
            using Pass pass = planned.Workspace.Enter();
            Tensor h = Tensor.Full([Length], i);
            if (keep) h.Keep();
            Tensor y = h + 1;
            Tensor other = Chain(4);
            try
            {
                if (reads(i)) Assert.Equal(i, h.Mean().Item());
            }
            catch (StaleAccessException error)
            {
                Assert.Contains("Keep()", error.Message, StringComparison.Ordinal);
                if (firstThrow < 0) firstThrow = i;
                else again++;
            }

            Assert.Equal(i + 1f, y.Mean().Item());
            Assert.Equal(5f, other.Mean().Item());
        }

        Assert.Equal(WorkspaceState.Planned, planned.Workspace.State);
        return again;
    }

    private static Tensor Chain(int length)
    {
        Tensor x = Tensor.Ones([Length]);
        for (int i = 0; i < length; i++) x = x + 1;
        return x;
    }

    private static (Tensor First, Tensor Second) Pair(Tensor x)
    {
        using var op = new OpScope("Pair", x);
        Tensor first = op.Allocate(x.DType, x.Shape), second = op.Allocate(x.DType, x.Shape);
        op.ReadSpan<float>(x).CopyTo(op.WriteSpan<float>(first));
        op.WriteSpan<float>(second).Fill(-1);
        op.Complete();
        return (first, second);
    }
}
