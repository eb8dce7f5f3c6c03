using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Cli.Bench;

/// <summary>The first program of the AllocArrays documentation: copy an array of 100,000 f64 twice, add the copies, sum up.</summary>
internal sealed class ToyReduction : BenchCase
{
    private const int Elements = 100_000;
    private readonly WorkspaceManager _manager;
    private readonly Workspace _data;
    private readonly Workspace _workspace;
    private readonly Tensor _x;

    internal ToyReduction(BenchSettings settings)
    {
        _manager = settings.Manager();
        _manager.KernelThreads = settings.Threads;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _x = Tensor.Ones([Elements], DType.F64);
        _workspace = _manager.Lease(settings.Step());
        Trace();
    }

    internal override int SamplesPerStep => 1;

    internal override bool HasSamples => false;

    internal override Workspace Workspace => _workspace;

    internal override void Step()
    {
        using Pass pass = _workspace.Enter();
        double sum = Sum(_x).Item<double>();
        if (sum != 2.0 * Elements) throw new InvalidOperationException($"The sum of {2 * Elements} ones came out as {sum}.");
    }

    internal override void Trace() => new ShapeTrace(_workspace).TryRun("sum", default, [(_x.DType, _x.Shape)], static inputs => Sum(inputs[0]));

    public override void Dispose()
    {
        _workspace.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }

    private static Tensor Sum(Tensor x)
    {
        Tensor total;
        using (Tensor first = x.Copy(), second = x.Copy()) total = first + second;
        using (total) return total.Sum();
    }
}
