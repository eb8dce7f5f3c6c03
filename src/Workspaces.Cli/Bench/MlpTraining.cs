using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>A training step of a perceptron: forward, mean cross-entropy, backward, optimizer, the loss read as a trainer does.</summary>
internal sealed class MlpTraining : BenchCase
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _data;
    private readonly Workspace _workspace;
    private readonly Sequential _model;
    private readonly Optimizer _optimizer;
    private readonly Tensor _x;
    private readonly Tensor _y;
    private float _lastLoss;

    internal MlpTraining(int[] sizes, int batch, bool adam, BenchSettings settings)
    {
        _manager.KernelThreads = settings.Threads;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _x = SyntheticData.Normal([batch, sizes[0]], seed: 1);
        _y = SyntheticData.Labels(batch, sizes[^1], seed: 2);
        _workspace = _manager.Lease(settings.Step());
        _model = MlpModel.Create(sizes);
        _optimizer = adam ? new Adam(_model.Parameters, 1e-3) : new Sgd(_model.Parameters, 0.1);
        SamplesPerStep = batch;
    }

    internal override int SamplesPerStep { get; }

    internal override Workspace Workspace => _workspace;

    internal override void Step()
    {
        if (float.IsNaN(_lastLoss)) throw new InvalidOperationException("The bench model diverged: its loss is not a number.");
        using Pass pass = _workspace.Enter();
        Tensor loss = _model.Forward(_x).CrossEntropy(_y);
        loss.Backward();
        _optimizer.Step();
        _lastLoss = loss.Item();
    }

    public override void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _workspace.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }
}
