using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Cli.Bench;

/// <summary>
/// A forward pass of a model without gradients, for one batch or several in a row, each a pass of its own. Every shape is traced alone before, so that
/// already the first call is planned.
/// </summary>
internal sealed class ModelInference : BenchCase
{
    private readonly WorkspaceManager _manager;
    private readonly Workspace _data;
    private readonly Workspace _workspace;
    private readonly Module _model;
    private readonly NoGradScope _noGradients;
    private readonly Tensor[] _batches;
    private readonly PassSignature[] _signatures;

    /// <param name="model">Makes the model, which is then drawn from seed 1.</param>
    /// <param name="input">Makes the batch; its first axis counts the samples.</param>
    /// <param name="settings">What the case runs with.</param>
    internal ModelInference(Func<Module> model, Func<Tensor> input, BenchSettings settings)
        : this(model, () => [input()], settings)
    {
    }

    /// <param name="model">Makes the model, which is then drawn from seed 1.</param>
    /// <param name="batches">Makes the batches of one step.</param>
    /// <param name="settings">What the case runs with.</param>
    internal ModelInference(Func<Module> model, Func<Tensor[]> batches, BenchSettings settings)
    {
        _manager = settings.Manager();
        _manager.KernelThreads = settings.Threads;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _batches = batches();
        _signatures = Array.ConvertAll(_batches, static batch => new PassSignature().WithMode(training: false).WithInput(batch.DType, batch.Shape));
        SamplesPerStep = (int)_batches.Sum(static batch => batch.Shape[0]);
        _workspace = _manager.Lease(settings.Step());
        _noGradients = Gradients.Off();
        _model = model();
        _model.Initialize(seed: 1);
        _model.Eval();
        if (settings.PacksWeights) _model.PackWeights();
        Trace(_batches.Zip(_signatures).DistinctBy(static pair => pair.Second));
    }

    internal override int SamplesPerStep { get; }

    internal override Workspace Workspace => _workspace;

    internal override string[] KeysRead => BenchSettings.Keys;

    internal override void Step()
    {
        for (int i = 0; i < _batches.Length; i++)
        {
            using Pass pass = _workspace.Enter(_signatures[i]);
            _model.Forward(_batches[i]);
        }
    }

    internal override void Trace() => Trace(_batches.Zip(_signatures));

    public override void Dispose()
    {
        _noGradients.Dispose();
        _model.Dispose();
        _workspace.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }

    private void Trace(IEnumerable<(Tensor, PassSignature)> passes)
    {
        var trace = new ShapeTrace(_workspace);
        foreach ((Tensor batch, PassSignature signature) in passes)
            trace.TryRun("inference", signature, [(batch.DType, batch.Shape)], inputs => _model.Forward(inputs[0]));
    }
}
