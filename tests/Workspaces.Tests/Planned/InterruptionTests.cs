using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>Training that prints or evaluates now and then stays on its plan.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly PlannedWorkspace _planned = new();
    private readonly Sequential _model;
    private readonly Sgd _optimizer;
    private readonly Tensor _x = Tensor.Ones([16, 12]);
    private readonly Tensor _labels = Tensor.Zeros([16], DType.I64);

    public InterruptionTests()
    {
        _model = [new Linear(12, 32, seed: 1, manager: _planned.Manager), new ReLU(), new Linear(32, 5, seed: 2, manager: _planned.Manager)];
        _optimizer = new Sgd(_model.Parameters, 0.01);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _x.Dispose();
        _labels.Dispose();
        _planned.Dispose();
    }

    [Fact]
    public void A_print_each_100_steps_makes_no_new_plan()
    {
        _planned.Plan(() => Step(print: false, evaluate: false));
        long plans = _planned.Workspace.PlansMade;
        _planned.Passes(1_000, i => Step(print: i % 100 == 50, evaluate: false));
        Assert.Equal(plans, _planned.Workspace.PlansMade);
        Assert.InRange(_planned.Workspace.Deviations, 1, 30);
        Assert.Equal(WorkspaceState.Planned, _planned.Workspace.State);
    }

    [Fact]
    public void Printing_a_tensor_as_text_is_no_request()
    {
        _planned.Plan(() => Step(print: false, evaluate: false));
        _planned.Passes(300, i =>
        {
            Tensor logits = _model.Forward(_x);
            if (i % 100 == 50) Assert.NotEmpty(logits.ToString());
            logits.CrossEntropy(_labels).Backward();
            _optimizer.Step();
        });
        _planned.AssertPlanned();
    }

    [Fact]
    public void An_evaluation_nested_each_100_steps_has_a_plan_of_its_own()
    {
        _planned.Plan(() => Step(print: false, evaluate: false));
        long plans = _planned.Workspace.PlansMade;
        _planned.Passes(1_000, i => Step(print: false, evaluate: i % 100 == 50));
        Assert.InRange(_planned.Workspace.PlansMade, plans + 1, plans + 16);
        _planned.AssertPlanned();
        plans = _planned.Workspace.PlansMade;
        _planned.Passes(1_000, i => Step(print: false, evaluate: i % 100 == 50));
        Assert.Equal(plans, _planned.Workspace.PlansMade);
        _planned.AssertPlanned();
    }

    private void Step(bool print, bool evaluate)
    {
        Tensor logits = _model.Forward(_x);
        if (print) Assert.True(float.IsFinite(logits.Abs().Max().Item()));
        Tensor loss = logits.CrossEntropy(_labels);
        if (evaluate)
        {
            using Pass inner = _planned.Workspace.Enter();
            using NoGradScope off = Gradients.Off();
            Assert.InRange(_model.Forward(_x).ArgMax().Equal(_labels).Sum().Item<long>(), 0, 16);
        }

        loss.Backward();
        _optimizer.Step();
        Assert.True(float.IsFinite(loss.Item()));
    }
}
