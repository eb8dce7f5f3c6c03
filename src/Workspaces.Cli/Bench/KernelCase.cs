using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>
/// One matrix product alone: what the op calls, without pass and op around it. Operands, result and scratch are taken once and lie in one workspace, which is
/// the one whose memory is measured; the threads are all of the team, as far as the product has parts for them.
/// </summary>
internal sealed class KernelCase : ProductCase
{
    private const int MostAtOnce = 256;
    private readonly Tensor _c;
    private readonly Tensor _scratch;
    private readonly KernelTeam? _team;

    internal KernelCase(ProductShape product, BenchSettings settings)
        : base(product, MostAtOnce, settings)
    {
        _team = settings.Threads > 1 ? ComputeTeams.Resources(Manager).Team : null;
        int scratch = Gemm.ScratchLength<float>(product.M, product.N, product.K, product.TransposeA, product.TransposeB, settings.Threads);
        _c = Tensor.Zeros([product.M, product.N]);
        _scratch = Tensor.Zeros([Math.Max(1, scratch)]);
    }

    internal override Workspace Workspace => Data;

    internal override string[] KeysRead => BenchSettings.KeysOfKernels;

    /// <summary>The result of the last step.</summary>
    internal Tensor Result => _c;

    /// <summary>What the op makes of the same operands, in the pass that is open.</summary>
    internal Tensor Expected() => Product.Of(StoredA, StoredB);

    internal override void Step() => Steps(1);

    internal override void Steps(int count)
    {
        (int m, int n, int k) = (Product.M, Product.N, Product.K);
        int lda = Product.TransposeA ? m : k, ldb = Product.TransposeB ? k : n;
        ReadOnlySpan<float> a = StoredA.AsSpan<float>(), b = StoredB.AsSpan<float>();
        Span<float> c = _c.AsSpan<float>(), scratch = _scratch.AsSpan<float>();
        for (int i = 0; i < count; i++)
            Gemm.Multiply(m, n, k, a, lda, Product.TransposeA, b, ldb, Product.TransposeB, c, n, accumulate: false, scratch, _team);
    }

    internal override void Trace()
    {
        using Workspace workspace = Manager.Lease(new WorkspaceConfiguration { Name = "step" });
        TraceIn(workspace);
    }
}
