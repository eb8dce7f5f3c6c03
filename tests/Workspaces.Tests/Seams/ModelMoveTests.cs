using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Seams;

/// <summary>All arrays of a model move together; what remembers their old place refuses to go on.</summary>
public sealed class ModelMoveTests : IDisposable
{
    private readonly WorkspaceManager _from = new();
    private readonly WorkspaceManager _to = new();
    private readonly Sequential _model;

    public ModelMoveTests()
    {
        _model = new Sequential(new Linear(4, 7, manager: _from), new Tanh(), new Linear(7, 3, manager: _from));
        _model.Initialize(1);
    }

    public void Dispose()
    {
        _model.Dispose();
        _from.Dispose();
        _to.Dispose();
    }

    [Fact]
    public void Parameters_keep_values_names_and_order_in_their_new_slab()
    {
        float[][] before = [.. _model.Parameters.Select(static parameter => parameter.Value.ToArray<float>())];
        string[] names = [.. _model.Parameters.Select(static parameter => parameter.Name)];
        Tensor old = _model.Parameters[0].Value;
        long bytes = _from.Persistent.ParameterBytes;
        _model.MoveTo(_to);
        Assert.Equal(before, _model.Parameters.Select(static parameter => parameter.Value.ToArray<float>()));
        Assert.Equal(names, _model.Parameters.Select(static parameter => parameter.Name));
        Assert.Equal(names, _model.Parameters.Select(static parameter => parameter.Value.Name));
        Assert.All(_model.Parameters, parameter => Assert.Same(_to, parameter.Manager));
        Assert.Equal((0, bytes), (_from.Persistent.ParameterBytes, _to.Persistent.ParameterBytes));
        Assert.Throws<StaleAccessException>(() => old.ToArray<float>());
        Assert.Single(Optimizer().Runs.ToArray());
        _model.MoveTo(_to);
        Assert.Equal(1, _model.Parameters[0].Moves);
    }

    [Fact]
    public void A_moved_model_trains_as_one_that_stayed()
    {
        float[] stayed = Train(_from, moves: false);
        _model.Initialize(1);
        Assert.Equal(stayed, Train(_to, moves: true));
        using (_from) _from.Dispose(); // nothing of the model is left there
        using Workspace step = _to.Lease(new() { Name = "step" });
        Assert.True(_model.Forward(Tensor.Ones([2, 4])).IsAlive);
    }

    [Fact]
    public void A_workspace_stands_for_its_manager()
    {
        using Workspace target = _to.Lease(new() { Name = "target" });
        _model.MoveTo(target);
        Assert.Same(_to, _model.Parameters[0].Manager);
        target.Dispose();
        Assert.True(_model.Parameters[0].Value.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => _model.MoveTo(target));
    }

    [Fact]
    public void An_optimizer_from_before_the_move_refuses_to_step()
    {
        using Optimizer before = Optimizer();
        Backward(_from);
        before.Step();
        _model.MoveTo(_to);
        Backward(_to);
        float[] weights = _model.Parameters[0].Value.ToArray<float>();
        Assert.Contains("make a new optimizer", Assert.Throws<InvalidOperationException>(() => before.Step()).Message, StringComparison.Ordinal);
        Assert.Equal(weights, _model.Parameters[0].Value.ToArray<float>());
        _model.ZeroGrad();
        _model.MoveTo(_from);
        Backward(_from);
        Assert.Throws<InvalidOperationException>(() => before.Step());
        using Optimizer after = Optimizer();
        after.Step();
        Assert.NotEqual(weights, _model.Parameters[0].Value.ToArray<float>());
    }

    [Fact]
    public void Models_with_waiting_gradients_or_recorded_ops_do_not_move()
    {
        using (Workspace step = _from.Lease(new() { Name = "step" }))
        {
            Tensor loss = _model.Forward(Tensor.Ones([2, 4])).Sum();
            Assert.Contains("tape", Assert.Throws<InvalidOperationException>(() => _model.MoveTo(_to)).Message, StringComparison.Ordinal);
            loss.Backward();
        }

        Assert.Contains("gradient waits", Assert.Throws<InvalidOperationException>(() => _model.MoveTo(_to)).Message, StringComparison.Ordinal);
        Assert.All(_model.Parameters, parameter => Assert.Same(_from, parameter.Manager));
        _model.ZeroGrad();
        _model.MoveTo(_to);
        Assert.Null(_model.Parameters[0].Grad);
    }

    [Fact]
    public void Values_are_not_lost_where_nothing_is_computed()
    {
        using WorkspaceManager shapes = WorkspaceManager.ForShapes();
        Assert.Throws<ShapesOnlyException>(() => _model.MoveTo(shapes));
        using Workspace step = _from.Lease(new() { Name = "step" });
        using (step.EnterShapes()) Assert.Throws<ShapesOnlyException>(() => _model.MoveTo(_to));
        _model.MoveTo(_to);
    }

    [Fact]
    public void A_refused_move_leaves_the_model_where_it_was()
    {
        _to.Dispose();
        Assert.ThrowsAny<Exception>(() => _model.MoveTo(_to));
        Assert.All(_model.Parameters, parameter => Assert.Same(_from, parameter.Manager));
        Assert.True(_model.Parameters[^1].Value.IsAlive);
        _model.Dispose();
        using var third = new WorkspaceManager();
        Assert.Throws<StaleAccessException>(() => _model.MoveTo(third));
    }

    private Sgd Optimizer() => new(_model.Parameters, 0.1, momentum: 0.9);

    private void Backward(WorkspaceManager manager)
    {
        using Workspace step = manager.Lease(new() { Name = "step" });
        _model.Forward(Tensor.Ones([2, 4])).Sum().Backward();
    }

    private float[] Train(WorkspaceManager manager, bool moves)
    {
        if (moves) _model.MoveTo(manager);
        using Optimizer optimizer = Optimizer();
        for (int i = 0; i < 5; i++)
        {
            Backward(manager);
            optimizer.Step();
        }

        return [.. _model.Parameters.SelectMany(static parameter => parameter.Value.ToArray<float>())];
    }
}
