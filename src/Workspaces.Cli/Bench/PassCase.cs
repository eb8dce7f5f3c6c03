using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Cli.Bench;

/// <summary>What a pass costs by itself, and an op in it: a pass on the thread with so many products of one element by one.</summary>
internal sealed class PassCase : BenchCase
{
    internal const int MostOps = 1000;
    private const int OpsAtOnce = 32; // 5 to 10 microseconds
    private readonly WorkspaceManager _manager;
    private readonly Workspace _data;
    private readonly Workspace _workspace;
    private readonly Tensor _a;
    private readonly int _ops;

    internal PassCase(int ops, BenchSettings settings)
    {
        _manager = settings.Manager();
        _manager.KernelThreads = settings.Threads;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _a = SyntheticData.Normal([1, 1], seed: 1);
        _workspace = _manager.Lease(settings.Step());
        _ops = ops;
    }

    internal override int SamplesPerStep => 1;

    internal override Workspace Workspace => _workspace;

    internal override int StepsAtOnce => Math.Max(1, OpsAtOnce / (_ops + 1));

    internal override void Step()
    {
        using ThreadPass pass = _workspace.EnterOnThread();
        for (int i = 0; i < _ops; i++) _a.MatMul(_a);
    }

    internal override void Trace() => new ShapeTrace(_workspace).TryRun(
        "pass", default, [(_a.DType, _a.Shape)], inputs =>
        {
            for (int i = 0; i < _ops; i++) inputs[0].MatMul(inputs[0]);
        });

    public override void Dispose()
    {
        _workspace.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }
}
