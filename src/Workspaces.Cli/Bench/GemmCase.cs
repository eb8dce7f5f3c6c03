using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>One matrix product through the public op, each in a pass of its own.</summary>
internal sealed class GemmCase : BenchCase
{
    private readonly WorkspaceManager _manager;
    private readonly Workspace _data;
    private readonly Workspace _workspace;
    private readonly Tensor _a;
    private readonly Tensor _b;

    internal GemmCase(int m, int n, int k, bool transposeA, bool transposeB, BenchSettings settings)
    {
        _manager = settings.Manager();
        _manager.KernelThreads = settings.Threads;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        Tensor a = SyntheticData.Normal(transposeA ? [k, m] : [m, k], seed: 1), b = SyntheticData.Normal(transposeB ? [n, k] : [k, n], seed: 2);
        _a = transposeA ? a.Transpose() : a;
        _b = transposeB ? b.Transpose() : b;
        _workspace = _manager.Lease(settings.Step());
        Flops = 2.0 * m * n * k;
    }

    internal override int SamplesPerStep => 1;

    internal override Workspace Workspace => _workspace;

    internal override double Flops { get; }

    internal override void Step()
    {
        using Pass pass = _workspace.Enter();
        _a.MatMul(_b);
    }

    public override void Dispose()
    {
        _workspace.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }
}
