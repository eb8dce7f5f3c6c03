using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Cli.Bench;

/// <summary>One matrix product: its operands as they are stored, and what all ways to measure it have in common.</summary>
internal abstract class ProductCase : BenchCase
{
    private const double FlopsAtOnce = 4e6; // 16 to 20 microseconds
    private readonly WorkspaceManager _manager;
    private readonly int _mostAtOnce;

    private protected ProductCase(ProductShape product, int mostAtOnce, BenchSettings settings)
    {
        Product = product;
        _mostAtOnce = mostAtOnce;
        (int m, int n, int k) = (product.M, product.N, product.K);
        _manager = settings.Manager();
        _manager.KernelThreads = settings.Threads;
        Data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        StoredA = SyntheticData.Normal(product.TransposeA ? [k, m] : [m, k], seed: 1);
        StoredB = SyntheticData.Normal(product.TransposeB ? [n, k] : [k, n], seed: 2);
        Flops = 2.0 * m * n * k;
        Bytes = sizeof(float) * (((double)m * k) + ((double)k * n) + ((double)m * n));
    }

    internal sealed override int SamplesPerStep => 1;

    internal sealed override bool HasSamples => false;

    internal sealed override double Flops { get; }

    internal sealed override double Bytes { get; }

    internal sealed override int StepsAtOnce => (int)Math.Clamp(FlopsAtOnce / Flops, 1, _mostAtOnce);

    private protected ProductShape Product { get; }

    /// <summary>Where the operands lie, open as long as the case.</summary>
    private protected Workspace Data { get; }

    private protected Tensor StoredA { get; }

    private protected Tensor StoredB { get; }

    private protected WorkspaceManager Manager => _manager;

    /// <summary>Traces the product as an op in a workspace.</summary>
    private protected void TraceIn(Workspace workspace) => new ShapeTrace(workspace).TryRun(
        "product", default, [(StoredA.DType, StoredA.Shape), (StoredB.DType, StoredB.Shape)],
        inputs => Product.Of(inputs[0], inputs[1]));

    public override void Dispose()
    {
        Data.Dispose();
        _manager.Dispose();
    }
}
