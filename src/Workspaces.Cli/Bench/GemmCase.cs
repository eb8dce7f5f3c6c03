using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Cli.Bench;

/// <summary>
/// One matrix product through the public op, each in a pass of its own on the thread. The smallest ones are timed several at once: a reading of the clock
/// takes some 25 ns, a hundredth of a product of 64³.
/// </summary>
internal sealed class GemmCase : BenchCase
{
    private const double FlopsAtOnce = 4e6; // 16 to 20 microseconds
    private const double MostAtOnce = 16;
    private readonly WorkspaceManager _manager;
    private readonly Workspace _data;
    private readonly Workspace _workspace;
    private readonly Tensor _storedA;
    private readonly Tensor _storedB;
    private readonly bool _transposeA;
    private readonly bool _transposeB;
    private readonly Tensor _a;
    private readonly Tensor _b;

    internal GemmCase(int m, int n, int k, bool transposeA, bool transposeB, BenchSettings settings)
    {
        _manager = settings.Manager();
        _manager.KernelThreads = settings.Threads;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _storedA = SyntheticData.Normal(transposeA ? [k, m] : [m, k], seed: 1);
        _storedB = SyntheticData.Normal(transposeB ? [n, k] : [k, n], seed: 2);
        (_transposeA, _transposeB) = (transposeA, transposeB);
        _a = transposeA ? _storedA.Transpose() : _storedA;
        _b = transposeB ? _storedB.Transpose() : _storedB;
        _workspace = _manager.Lease(settings.Step());
        Flops = 2.0 * m * n * k;
    }

    internal override int SamplesPerStep => 1;

    internal override bool HasSamples => false;

    internal override Workspace Workspace => _workspace;

    internal override double Flops { get; }

    internal override int StepsAtOnce => (int)Math.Clamp(FlopsAtOnce / Flops, 1, MostAtOnce);

    internal override void Step()
    {
        using ThreadPass pass = _workspace.EnterOnThread();
        _a.MatMul(_b);
    }

    internal override void Trace() => new ShapeTrace(_workspace).TryRun(
        "product", default, [(_storedA.DType, _storedA.Shape), (_storedB.DType, _storedB.Shape)],
        inputs => (_transposeA ? inputs[0].Transpose() : inputs[0]).MatMul(_transposeB ? inputs[1].Transpose() : inputs[1]));

    public override void Dispose()
    {
        _workspace.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }
}
