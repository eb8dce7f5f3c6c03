using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>
/// One matrix product through the public op, each in a pass of its own on the thread. The smallest ones are timed several at once: a reading of the clock
/// takes some 25 ns, a hundredth of a product of 64³.
/// </summary>
internal sealed class GemmCase : ProductCase
{
    private const int MostAtOnce = 16;
    private readonly Workspace _workspace;
    private readonly Tensor _a;
    private readonly Tensor _b;

    internal GemmCase(ProductShape product, BenchSettings settings)
        : base(product, MostAtOnce, settings)
    {
        _a = product.TransposeA ? StoredA.Transpose() : StoredA;
        _b = product.TransposeB ? StoredB.Transpose() : StoredB;
        _workspace = Manager.Lease(settings.Step());
    }

    internal override Workspace Workspace => _workspace;

    internal override void Step()
    {
        using ThreadPass pass = _workspace.EnterOnThread();
        _a.MatMul(_b);
    }

    internal override void Trace() => TraceIn(_workspace);

    public override void Dispose()
    {
        _workspace.Dispose();
        base.Dispose();
    }
}
