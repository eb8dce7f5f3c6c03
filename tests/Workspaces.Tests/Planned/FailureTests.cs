using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.NN;

namespace Workspaces.Tests.Planned;

/// <summary>A pass that fails anywhere leaves the next one as if it had not been.</summary>
public sealed class FailureTests
{
    private const int Layers = 6;

    public static TheoryData<LifetimePolicy> Lifetimes => new(LifetimePolicy.Released, LifetimePolicy.LastUse);

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void An_exception_before_any_op_leaves_the_next_pass_planned(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        int fails = -1;
        var probes = new Probe[Layers];
        var modules = new List<Module>();
        for (int i = 0; i < Layers; i++)
        {
            int number = i;
            probes[i] = new Probe(static x => x.Tanh()) { Before = () => ThrowIf(number == fails) };
            modules.Add(new Linear(8, 8, seed: (ulong)i, manager: planned.Manager));
            modules.Add(probes[i]);
        }

        using Sequential model = new([.. modules]);
        using Tensor x = Tensor.Ones([4, 8]);
        planned.OutsidePasses = planned.Workspace.Memory.Allocated;
        float expected = Loss(model, x, planned);
        planned.Plan(() => Step(model, x));
        long plans = planned.Workspace.PlansMade;
        for (int n = 0; n < Layers; n++)
        {
            fails = n;
            Assert.Throws<DivideByZeroException>(() => planned.Passes(1, _ => Step(model, x)));
            AssertClean(planned, plans);
            fails = -1;
            planned.Passes(1, _ => Assert.Equal(expected, Step(model, x)));
            AssertClean(planned, plans);
        }
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void A_request_that_is_refused_at_any_place_leaves_the_next_pass_planned(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes, configuration => configuration with { MaxSize = 1 << 20, PolicySpill = SpillPolicy.Fail });
        const int Requests = 12;
        planned.Plan(() => Chain(Requests, refuseAt: -1));
        long plans = planned.Workspace.PlansMade;
        for (int n = 0; n <= Requests; n++)
        {
            int at = n;
            Assert.Throws<OutOfWorkspaceException>(() => planned.Passes(1, _ => Chain(Requests, at)));
            AssertClean(planned, plans);
            planned.Passes(1, _ => Chain(Requests, refuseAt: -1));
            AssertClean(planned, plans);

            // The pass goes on after the refusal: everything else has its planned place.
            planned.Passes(1, _ => Chain(Requests, at, catches: true));
            AssertClean(planned, plans);
        }
    }

    [Fact]
    public void An_op_that_fails_releases_its_outputs_and_keeps_their_places()
    {
        using var planned = new PlannedWorkspace();
        bool fails = false;
        void Body()
        {
            Tensor a = Tensor.Ones([100]);
            if (fails) Assert.Throws<DivideByZeroException>(() => Twice(a, fails: true));
            Tensor b = Twice(a, fails: false), c = Twice(b, fails: false);
            Assert.Equal(400f, c.Sum().Item());
        }

        planned.Plan(Body);
        fails = true;
        planned.Passes(1, _ => Body());
        Assert.Equal(0, planned.Workspace.Memory.Allocated);
        fails = false;
        long deviations = planned.Workspace.Deviations, plans = planned.Workspace.PlansMade;
        planned.Passes(10, _ => Body());
        Assert.Equal(deviations, planned.Workspace.Deviations);
        Assert.Equal(plans, planned.Workspace.PlansMade);
    }

    [Fact]
    public void A_pass_closed_over_open_inner_ones_leaves_the_next_pass_planned()
    {
        using var planned = new PlannedWorkspace();
        bool fails = false;
        void Body()
        {
            Tensor a = Tensor.Ones([64]);
            Pass inner = planned.Workspace.Enter();
            Tensor b = a + 1;
            Pass innermost = planned.Workspace.Enter();
            Tensor c = b + 1;
            ThrowIf(fails);
            Assert.Equal(3f, c.Mean().Item());
            innermost.Dispose();
            inner.Dispose();
        }

        planned.Plan(Body);
        fails = true;
        for (int i = 0; i < 5; i++) Assert.Throws<DivideByZeroException>(() => planned.Passes(1, _ => Body()));
        fails = false;
        long plans = planned.Workspace.PlansMade;
        planned.Passes(3, _ => Body());
        AssertClean(planned, plans);
    }

    private static void AssertClean(PlannedWorkspace planned, long plans)
    {
        planned.AssertPlanned();
        Assert.Equal(plans, planned.Workspace.PlansMade);
        Assert.Equal(planned.OutsidePasses, planned.Workspace.Memory.Allocated);
    }

    private static void ThrowIf(bool condition)
    {
        if (condition) throw new DivideByZeroException();
    }

    private static float Step(Module model, Tensor x)
    {
        Tensor loss = model.Forward(x).Square().Mean();
        loss.Backward();
        foreach (Parameter parameter in model.Parameters) parameter.ZeroGrad();
        return loss.Item();
    }

    private static float Loss(Module model, Tensor x, PlannedWorkspace planned)
    {
        using Workspace other = planned.Manager.Lease(new() { Name = "expected", WorkspaceMode = WorkspaceMode.None });
        using Pass pass = other.Enter();
        return model.Forward(x).Square().Mean().Item();
    }

    private static void Chain(int requests, int refuseAt, bool catches = false)
    {
        Tensor current = Tensor.Ones([50]);
        for (int i = 0; i <= requests; i++)
        {
            if (i == refuseAt && catches) Assert.Throws<OutOfWorkspaceException>(() => Tensor.Empty([1 << 20]));
            else if (i == refuseAt) Tensor.Empty([1 << 20]);
            Tensor next = current + 1;
            current.Dispose();
            current = next;
        }

        Assert.Equal(2f + requests, current.Mean().Item());
    }

    /// <summary>2x, or a failure in the middle of the kernel.</summary>
    private static Tensor Twice(Tensor x, bool fails)
    {
        using var op = new OpScope("Twice", x);
        Tensor y = op.Allocate(x.DType, x.Shape);
        Span<float> to = op.WriteSpan<float>(y);
        ReadOnlySpan<float> from = op.ReadSpan<float>(x);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = 2 * from[i];
            ThrowIf(fails && i == to.Length / 2);
        }

        op.Complete();
        return y;
    }
}
