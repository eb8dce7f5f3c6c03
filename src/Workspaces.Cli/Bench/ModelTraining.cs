using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Cli.Bench;

/// <summary>
/// A training step of a model: forward, loss, backward, optimizer, the loss read as a trainer does. It is traced on shapes alone before, so that already
/// the first step is planned.
/// </summary>
internal sealed class ModelTraining : BenchCase
{
    private readonly WorkspaceManager _manager;
    private readonly Workspace _data;
    private readonly Workspace _workspace;
    private readonly Module _model;
    private readonly Func<IReadOnlyList<Parameter>, Optimizer> _makeOptimizer;
    private readonly LossFunction _loss;
    private readonly PassSignature _signature;
    private readonly Tensor _x;
    private readonly Tensor _y;
    private Optimizer _optimizer;
    private float _lastLoss;

    /// <param name="model">Makes the model, which is then drawn from seed 1.</param>
    /// <param name="input">Makes the batch; its first axis counts the samples.</param>
    /// <param name="target">Makes the targets.</param>
    /// <param name="optimizer">Makes the optimizer of the parameters.</param>
    /// <param name="settings">What the case runs with.</param>
    /// <param name="loss">The loss of output and targets; null for the mean cross-entropy of [n, classes] and [n].</param>
    internal ModelTraining(
        Func<Module> model, Func<Tensor> input, Func<Tensor> target, Func<IReadOnlyList<Parameter>, Optimizer> optimizer, BenchSettings settings,
        LossFunction? loss = null)
    {
        _manager = settings.Manager();
        _manager.KernelThreads = settings.Threads;
        _loss = loss ?? (static (output, labels) => output.CrossEntropy(labels));
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _x = input();
        _y = target();
        SamplesPerStep = (int)_x.Shape[0];
        _workspace = _manager.Lease(settings.Step());
        _model = model();
        _model.Initialize(seed: 1);
        _makeOptimizer = optimizer;
        _optimizer = optimizer(_model.Parameters);
        _signature = new PassSignature().WithMode(training: true).WithInput(_x.DType, _x.Shape);
        Trace();
    }

    internal override int SamplesPerStep { get; }

    internal override Workspace Workspace => _workspace;

    internal override void Step()
    {
        if (float.IsNaN(_lastLoss)) throw new InvalidOperationException("The bench model diverged: its loss is not a number.");
        using Pass pass = _workspace.Enter(_signature);
        _lastLoss = Learn(_x, _y).Item();
    }

    /// <summary>A network that has learnt its only batch by heart makes gradients below the normal numbers, which cost some processors a hundred cycles each.</summary>
    internal override void Restart()
    {
        _optimizer.Dispose();
        _model.Initialize(seed: 1);
        _optimizer = _makeOptimizer(_model.Parameters);
        _lastLoss = 0;
    }

    internal override void Trace() => new ShapeTrace(_workspace).TryRun(
        "training", _signature, [(_x.DType, _x.Shape), (_y.DType, _y.Shape)], inputs => Learn(inputs[0], inputs[1]));

    public override void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _workspace.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }

    private Tensor Learn(Tensor x, Tensor y)
    {
        Tensor output = _model.Forward(x), loss = _loss(output, y);
        output.Dispose(); // only the tape may still need it
        loss.Backward();
        _optimizer.Step();
        return loss;
    }
}
