using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>A forward pass of a perceptron without gradients.</summary>
internal sealed class MlpInference : BenchCase
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _data;
    private readonly Workspace _workspace;
    private readonly Sequential _model;
    private readonly NoGradScope _noGradients;
    private readonly Tensor _x;

    internal MlpInference(int[] sizes, int batch, BenchSettings settings)
    {
        _manager.KernelThreads = settings.Threads;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _x = SyntheticData.Normal([batch, sizes[0]], seed: 1);
        _workspace = _manager.Lease(settings.Step());
        _noGradients = Gradients.Off();
        _model = MlpModel.Create(sizes);
        _model.Eval();
        SamplesPerStep = batch;
    }

    internal override int SamplesPerStep { get; }

    internal override Workspace Workspace => _workspace;

    internal override void Step()
    {
        using Pass pass = _workspace.Enter();
        _model.Forward(_x);
    }

    public override void Dispose()
    {
        _noGradients.Dispose();
        _model.Dispose();
        _workspace.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }
}
