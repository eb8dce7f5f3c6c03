using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Autograd;

/// <summary>Hooks see and replace gradients, once a run, until they are disposed.</summary>
[Collection(nameof(AloneCollection))]
public sealed class GradientHookTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public GradientHookTests() => _workspace = _manager.Lease(new());

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_hook_on_a_result_sees_its_complete_gradient_once()
    {
        using Pass pass = _workspace.Enter();
        var seen = new List<float[]>();
        Tensor x = Tensor.From<float>([1, 2]).RequireGrad(), h = x * 2;
        using GradientHook hook = h.OnGradient(gradient => seen.Add(gradient.ToArray<float>()));
        (h.Square().Sum() + h.Sum()).Backward();
        Assert.Equal([5, 9], Assert.Single(seen));
        Assert.Equal([10, 18], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_hook_replaces_what_goes_further_back()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, 2]).RequireGrad(), h = x * 2;
        using GradientHook first = h.OnGradient(static gradient => gradient * 10), second = h.OnGradient(static gradient => gradient + 1);
        h.Sum().Backward();
        Assert.Equal([22, 22], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_hook_on_a_leaf_sees_the_sum_of_a_run_before_it_is_added_to_what_waits()
    {
        using Pass pass = _workspace.Enter();
        var seen = new List<float[]>();
        Tensor x = Tensor.From<float>([1, 2]).RequireGrad();
        using GradientHook hook = x.OnGradient(gradient => seen.Add(gradient.ToArray<float>()));
        for (int run = 0; run < 2; run++) ((x * 3).Sum() + x.Square().Sum()).Backward();
        Assert.Equal(2, seen.Count);
        Assert.All(seen, static gradient => Assert.Equal([5, 7], gradient));
        Assert.Equal([10, 14], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_hook_on_a_parameter_clips_what_the_optimizer_gets_and_moves_with_it()
    {
        using var other = new WorkspaceManager();
        using var layer = new Linear(2, 1, bias: false, manager: _manager);
        using GradientHook hook = layer.Parameters[0].OnGradient(static gradient => gradient.Minimum(Tensor.Full([1], 0.5)));
        Assert.Equal([0.5f, 0.25f], GradientOf(layer, _workspace));
        layer.Parameters[0].ZeroGrad();
        layer.Parameters[0].MoveTo(other, layer.Parameters[0].CopyTo(other));
        using Workspace there = other.Lease(new());
        Assert.Equal([0.5f, 0.25f], GradientOf(layer, there));
        hook.Dispose();
        layer.Parameters[0].ZeroGrad();
        Assert.Equal([2, 0.25f], GradientOf(layer, there));
    }

    [Fact]
    public void Backward_on_a_leaf_itself_passes_its_hooks()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Scalar(3).RequireGrad();
        using GradientHook hook = x.OnGradient(static gradient => gradient * 4);
        x.Backward();
        Assert.Equal(4, x.Grad!.Value.Item());
    }

    [Fact]
    public void A_disposed_hook_is_not_called_and_others_are()
    {
        using Pass pass = _workspace.Enter();
        int first = 0, second = 0;
        Tensor x = Tensor.Scalar(3).RequireGrad();
        GradientHook gone = x.OnGradient(_ => first++), stays = x.OnGradient(_ => second++);
        gone.Dispose();
        gone.Dispose();
        (x * 2).Backward();
        stays.Dispose();
        (x * 2).Backward();
        Assert.Equal((0, 1), (first, second));
        Assert.Equal(4, x.Grad!.Value.Item());
    }

    [Fact]
    public void Ops_in_a_hook_are_not_recorded_and_what_it_makes_is_gone_after_the_run()
    {
        using var weight = new Parameter(new Shape(1000), manager: _manager);
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([1000]).RequireGrad(), h = x * 2;
        bool records = true;
        using GradientHook hook = h.OnGradient(gradient =>
        {
            Tensor scaled = gradient * weight.Value;
            records = scaled.RequiresGrad;
            return scaled;
        });
        Tensor loss = h.Sum();
        h.Dispose();
        long before = _workspace.Memory.Allocated;
        loss.Backward();
        Assert.False(records);
        Assert.Equal(4032, _workspace.Memory.Allocated - before); // the gradient of x is all that stays
        Assert.Null(weight.Grad);
    }

    [Fact]
    public void A_hook_may_return_a_tensor_of_its_own_that_stays()
    {
        using Pass pass = _workspace.Enter();
        Tensor mine = Tensor.From<float>([7, 8]), x = Tensor.Ones([2]).RequireGrad(), h = x * 1;
        using GradientHook hook = h.OnGradient(_ => mine);
        h.Sum().Backward();
        Assert.Equal([7, 8], x.Grad!.Value.ToArray<float>());
        Assert.Equal([7, 8], mine.ToArray<float>());
    }

    [Fact]
    public void Wrong_replacements_are_refused_and_leave_no_gradient()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([2]).RequireGrad();
        Assert.Throws<ShapeException>(() => Failing(static gradient => gradient.Sum()));
        Assert.Throws<ArgumentException>(() => Failing(static gradient => gradient.To(DType.F64)));
        Assert.Throws<StaleAccessException>(() => Failing(static _ => default));
        Assert.Throws<FormatException>(() => Failing(static _ => throw new FormatException("no")));
        Assert.Null(x.Grad);
        (x * 2).Sum().Backward();
        Assert.Equal([2, 2], x.Grad!.Value.ToArray<float>());

        void Failing(Func<Tensor, Tensor> replace)
        {
            Tensor h = x * 2, y = h * 3;
            using GradientHook first = h.OnGradient(static gradient => gradient * 2), hook = h.OnGradient(replace);
            y.Sum().Backward();
        }
    }

    [Fact]
    public void Writing_in_place_to_a_gradient_that_others_share_is_refused()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([2]).RequireGrad(), h = x * 2, seed = Tensor.Ones([2]);
        using GradientHook hook = h.OnGradient(static gradient => { gradient.MultiplyInPlace(2); });
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => h.Backward(seed));
        Assert.Contains("share", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_without_gradient_cannot_be_watched()
    {
        using Pass pass = _workspace.Enter();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2]).OnGradient(static _ => { }));
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
        Assert.Throws<StaleAccessException>(() => default(Tensor).OnGradient(static _ => { }));
        Assert.Throws<ArgumentNullException>(() => Tensor.Ones([2]).OnGradient((Action<Tensor>)null!));
        Assert.Throws<ArgumentNullException>(() => Tensor.Ones([2]).OnGradient((Func<Tensor, Tensor>)null!));
    }

    [Fact]
    public void A_hook_of_one_pass_is_not_seen_by_the_next_one_that_recycles_its_node()
    {
        int calls = 0;
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = _workspace.Enter();
            Tensor x = Tensor.Ones([2]).RequireGrad(), h = x * 2;
            if (i == 0) h.OnGradient(_ => calls++);
            h.Sum().Backward();
        }

        Assert.Equal(1, calls);
    }

    [Fact]
    public void A_hook_inside_a_recomputed_segment_is_called_when_the_segment_runs_again()
    {
        using Pass pass = _workspace.Enter();
        int calls = 0;
        Tensor x = Tensor.Ones([2]).RequireGrad();
        Tensor y = Recompute.Run(
            x =>
            {
                Tensor h = x * 2;
                if (h.RequiresGrad) h.OnGradient(_ => calls++);
                return h.Square();
            },
            x);
        using GradientHook outer = y.OnGradient(static gradient => gradient * 2);
        y.Sum().Backward();
        Assert.Equal(1, calls);
        Assert.Equal([16, 16], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void Planned_steps_with_hooks_on_parameters_make_no_garbage()
    {
        using var planned = new PlannedWorkspace();
        using var layer = new Linear(32, 32, manager: planned.Manager);
        using var optimizer = new Sgd(layer.Parameters, 0.01);
        using GradientHook hook = layer.Parameters[0].OnGradient(static gradient => gradient * 0.5);
        Tensor x = Tensor.Ones([4, 32]);
        void Step()
        {
            using Pass pass = planned.Workspace.Enter();
            Tensor loss = layer.Forward(x).Sum();
            loss.Backward();
            optimizer.Step();
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Step();
        Garbage.AssertNone(100, Step);
        planned.AssertPlanned();
        x.Dispose();
    }

    private static float[] GradientOf(Linear layer, Workspace workspace)
    {
        using Pass pass = workspace.Enter();
        layer.Forward(Tensor.From<float>([2, 0.25f], new Shape(1, 2))).Sum().Backward();
        return layer.Parameters[0].Grad!.Value.ToArray<float>();
    }
}
