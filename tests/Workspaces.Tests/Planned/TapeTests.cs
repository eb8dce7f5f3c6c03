using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>Gradients in planned passes, with both kinds of lifetimes.</summary>
public sealed class TapeTests
{
    public static TheoryData<LifetimePolicy> Lifetimes => new(LifetimePolicy.Released, LifetimePolicy.LastUse);

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void One_tensor_used_twice_sums_both_contributions(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        planned.Plan(() =>
        {
            Tensor x = Tensor.From([1f, -2f, 3f]).RequireGrad();
            (x + x).Sum().Backward();
            Assert.Equal([2f, 2f, 2f], x.Grad!.Value.ToArray<float>());
            Tensor y = Tensor.From([1f, -2f, 3f]).RequireGrad();
            (y * y).Sum().Backward();
            Assert.Equal([2f, -4f, 6f], y.Grad!.Value.ToArray<float>());
        });
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void A_shared_activation_sums_gradients_in_buffers_of_its_own(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        planned.Plan(() =>
        {
            Tensor x = Tensor.From([0.5f, 2f]).RequireGrad(), h = x * 3, sum = h + h;
            Tensor view = h.Reshape(2, 1), product = sum * h, loss = product.Sum() + view.Sum() + h.Square().Sum() + sum.Sum();
            loss.Backward();

            // loss = 2h² + h + h² + 2h with h = 3x, so its slope is 3 (6h + 3) = 54x + 9.
            Assert.Equal([36f, 117f], x.Grad!.Value.ToArray<float>());
        });
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void A_leaf_of_the_pass_gets_its_gradient_after_its_last_use(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        planned.Plan(() =>
        {
            Tensor x = Tensor.From([-1f, 2f]).RequireGrad();
            Tensor y = x.Relu();
            Tensor ballast = Tensor.Full([2], 100) + 1; // would lie on x were it dead
            y.Sum().Backward();
            Assert.True(x.IsAlive);
            Assert.Equal([0f, 1f], x.Grad!.Value.ToArray<float>());
            Assert.Equal(202f, ballast.Sum().Item());
        });
    }

    [Fact]
    public void One_more_contribution_than_recorded_is_added_not_lost()
    {
        using var planned = new PlannedWorkspace(LifetimePolicy.LastUse);
        void Body(bool twice)
        {
            Tensor x = Tensor.From([1f, 2f]).RequireGrad();
            x.Relu().Sum().Backward();
            Tensor ballast = Tensor.Full([2], 50) * 2;
            if (twice) x.Tanh().Sum().Backward();
            float[] slopes = x.Grad!.Value.ToArray<float>();
            Assert.Equal(twice ? 1 + 1 - (MathF.Tanh(2) * MathF.Tanh(2)) : 1, slopes[1], 1e-6f);
            Assert.Equal(200f, ballast.Sum().Item());
        }

        planned.Plan(() => Body(twice: false));
        planned.Passes(10, i => Body(twice: i % 2 == 0));
    }

    [Fact]
    public void A_gradient_that_nobody_has_read_so_far_is_there_when_somebody_does()
    {
        using var planned = new PlannedWorkspace(LifetimePolicy.LastUse);
        void Body(bool more)
        {
            Tensor x = Tensor.From([1f, 2f]).RequireGrad();
            (x.Relu() + (x * 3)).Sum().Backward();
            Tensor ballast = Tensor.Full([2], 50) * 2;
            if (more)
            {
                (x * 5).Sum().Backward();
                Assert.Equal([9f, 9f], x.Grad!.Value.ToArray<float>());
            }

            Assert.Equal(200f, ballast.Sum().Item());
        }

        planned.Plan(() => Body(more: false));
        planned.Passes(10, i => Body(more: i % 2 == 0));
    }

    /// <summary>The tape's own gradients are used once more than recorded: nobody could keep them, so they must not be ended by a count.</summary>
    [Fact]
    public void One_more_consumer_than_recorded_is_no_late_use_of_the_gradients_between()
    {
        using var planned = new PlannedWorkspace(LifetimePolicy.LastUse);
        void Body(int consumers)
        {
            Tensor x = Tensor.From([1f, 2f]).RequireGrad(), h = (x * 2).Keep(), sum = (h * 3).Keep();
            for (int i = 1; i < consumers; i++) sum = (sum + (h * 3).Keep()).Keep();
            sum.Sum().Backward();
            float slope = 6f * consumers;
            Assert.Equal([slope, slope], x.Grad!.Value.ToArray<float>());
        }

        planned.Plan(() => Body(1));
        planned.Passes(12, i => Body(1 + (i % 4)));
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void A_weight_written_between_forward_and_backward_is_refused(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        using var weight = new Parameter([2, 2], manager: planned.Manager);
        planned.Plan(() => Loss(weight).Backward());
        planned.Passes(1, _ =>
        {
            Tensor loss = Loss(weight);
            using (Gradients.Off()) weight.Value.AddInPlace(1);
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => loss.Backward());
            Assert.Contains("AddInPlace", error.Message, StringComparison.Ordinal);
            Assert.Contains("MatMul", error.Message, StringComparison.Ordinal);
        });
        planned.Passes(2, _ => Loss(weight).Backward());
        planned.AssertPlanned();

        static Tensor Loss(Parameter w) => Tensor.Ones([3, 2]).RequireGrad().MatMul(w.Value).Square().Sum();
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void A_graph_is_retained_when_asked_also_when_the_plan_counts_on_its_bytes(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        int stale = 0;
        void Body(bool retain)
        {
            Tensor x = Tensor.From([1f, 2f, 3f]).RequireGrad(), loss = x.Square().Tanh().Sum();
            loss.Backward(retainGraph: retain);
            float[] once = x.Grad!.Value.ToArray<float>();
            Tensor[] ballast = [.. Enumerable.Range(0, 8).Select(i => Tensor.Full([3], i) + 1)];
            if (!retain) Assert.ThrowsAny<Exception>(() => loss.Backward());
            else
            {
                loss.Backward();
                Assert.Equal([.. once.Select(slope => 2 * slope)], x.Grad!.Value.ToArray<float>());
            }

            for (int i = 0; i < 8; i++) Assert.Equal(3 * (i + 1f), ballast[i].Sum().Item());
        }

        planned.Plan(() => Body(retain: false));
        for (int i = 0; i < 60; i++)
        {
            using Pass pass = planned.Workspace.Enter();
            try
            {
                Body(retain: i % 7 == 3);
            }
            catch (StaleAccessException error)
            {
                Assert.Contains("Keep()", error.Message, StringComparison.Ordinal);
                stale++;
            }
        }

        Assert.InRange(stale, 0, lifetimes == LifetimePolicy.LastUse ? 4 : 0);
        Assert.Equal(WorkspaceState.Planned, planned.Workspace.State);
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void Graphs_of_ended_passes_throw_and_name_the_remedy(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        using var weight = new Parameter([2], manager: planned.Manager);
        Tensor carried = default, loss = default;
        planned.Plan(() =>
        {
            if (carried.HeaderOrNull is not null)
            {
                StaleAccessException late = Assert.Throws<StaleAccessException>(() => loss.Backward());
                Assert.Contains("has ended", late.Message, StringComparison.Ordinal);
                late = Assert.Throws<StaleAccessException>(() => _ = carried * weight.Value);
                Assert.Contains("'state'", late.Message, StringComparison.Ordinal);
                Assert.Contains("MoveTo", late.Message, StringComparison.Ordinal);
            }

            carried = (weight.Value * 2).Named("state");
            loss = (carried * weight.Value).Sum();
        });
    }
}
