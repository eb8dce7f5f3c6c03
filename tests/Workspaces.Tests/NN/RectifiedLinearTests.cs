using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Tests.NN;

/// <summary>A chain computes a linear layer and the ReLU behind it as one op: the bits of both in a row on every path of the product, output and gradients.</summary>
public sealed class RectifiedLinearTests
{
    /// <summary>Sizes m, n, k that take every path: one row, few rows, few columns, short sums, blocks of k, blocks of rows, and none at all.</summary>
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 37, 41 }, { 3, 130, 70 }, { 4, 10, 300 }, { 9, 5, 300 }, { 70, 10, 130 }, { 33, 100, 7 }, { 64, 64, 64 }, { 300, 70, 33 }, { 17, 97, 1200 }, { 40, 300, 500 },
        { 0, 3, 4 }, { 3, 4, 0 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_path_of_the_product_rectifies_what_it_writes(int m, int n, int k)
    {
        Every<float>(m, n, k);
        Every<double>(m, n, k);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_chain_gives_the_bits_of_its_layers(bool bias, bool sequences)
    {
        using var first = new Linear(13, 40, bias: bias, seed: 3);
        using var last = new Linear(40, 7, bias: bias, seed: 4);
        using var relu = new ReLU();
        using var chain = new Sequential(first, relu, last, relu);
        (float[] Output, float[][] Gradients) chained = Learn(chain.Forward, chain, sequences);
        (float[] Output, float[][] Gradients) apart = Learn(input => relu.Forward(last.Forward(relu.Forward(first.Forward(input)))), chain, sequences);
        Assert.Equal(apart.Output, chained.Output);
        Assert.Equal(apart.Gradients, chained.Gradients);
        Assert.Contains(chained.Output, static value => value == 0);
        Assert.Contains(chained.Output, static value => value > 0);
    }

    [Fact]
    public void Packed_weights_are_rectified_too()
    {
        using var layer = new Linear(64, 96, seed: 3);
        using var chain = new Sequential(layer, new ReLU());
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "step" });
        chain.Eval();
        chain.PackWeights();
        using Pass pass = workspace.Enter();
        using NoGradScope off = Gradients.Off();
        Tensor x = Tensor.From<float>(KernelConformance.Normal(40 * 64, 5), [40, 64]);
        Assert.Equal(layer.Forward(x).Relu().ToArray<float>(), chain.Forward(x).ToArray<float>());
    }

    private static void Every<T>(int m, int n, int k)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] a = Normal<T>(m * k, 1), b = Normal<T>(k * n, 2), bias = Normal<T>(n, 3), before = Normal<T>(m * n, 4);
        using var team = new KernelTeam(2);
        foreach (KernelVariant variant in KernelConformance.Variants)
        {
            foreach ((bool ta, bool tb) in ((bool, bool)[])[(false, false), (false, true), (true, false)])
            {
                foreach (KernelTeam? threads in (KernelTeam?[])[null, team])
                {
                    T[] expected = Product(false, accumulate: false, bias), found = Product(true, accumulate: false, bias);
                    TensorPrimitives.Max(expected, T.Zero, expected);
                    Assert.Equal(expected, found);
                    (expected, found) = (Product(false, accumulate: true, []), Product(true, accumulate: true, []));
                    TensorPrimitives.Max(expected, T.Zero, expected);
                    Assert.Equal(expected, found);

                    T[] Product(bool rectified, bool accumulate, T[] row)
                    {
                        T[] c = [.. before], scratch = new T[Gemm.ScratchLength<T>(m, n, k, ta, tb, threads?.Threads ?? 1)];
                        Gemm.Multiply<T>(m, n, k, a, ta ? m : k, ta, b, tb ? k : n, tb, c, n, accumulate, scratch, threads, variant, row, rectified);
                        return c;
                    }
                }
            }
        }
    }

    private static T[] Normal<T>(int count, int seed)
        where T : IFloatingPointIeee754<T> => [.. KernelConformance.Normal(count, seed).Select(T.CreateTruncating)];

    private static (float[] Output, float[][] Gradients) Learn(Func<Tensor, Tensor> forward, Sequential chain, bool sequences)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "step" });
        chain.ZeroGrad();
        using Pass pass = workspace.Enter();
        Tensor output = forward(Tensor.From<float>(KernelConformance.Normal(24 * 13, 5), sequences ? [4, 6, 13] : [24, 13]));
        output.Square().Sum().Backward();
        return (output.ToArray<float>(), [.. chain.Parameters.Select(static parameter => parameter.Grad!.Value.ToArray<float>())]);
    }
}
