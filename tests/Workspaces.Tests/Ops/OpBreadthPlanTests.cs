using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Ops;

/// <summary>The ops in planned passes: no garbage, and no more memory than what lives at once.</summary>
[Collection(nameof(AloneCollection))]
public sealed class OpBreadthPlanTests
{
    /// <summary>Bytes of two of the smallest blocks: the tensors are so small that the granule of 64 bytes is more than 2 %.</summary>
    private const long SmallBlocks = 128;

    public static TheoryData<string, LifetimePolicy> Cases
    {
        get
        {
            var data = new TheoryData<string, LifetimePolicy>();
            foreach (string name in new[] { "math", "activations", "losses", "statistics", "order", "positions", "joins", "mended" })
            {
                data.Add(name, LifetimePolicy.Released);
                data.Add(name, LifetimePolicy.LastUse);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ops_run_planned_without_garbage_in_little_memory(string name, LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        using var parameter = new Parameter(new Shape(16, 24), manager: planned.Manager);
        using (Gradients.Off()) parameter.Value.FillInPlace(0.3);
        void Step()
        {
            using Pass pass = planned.Workspace.Enter();
            using Tensor y = Program(name, parameter.Value);
            y.Backward();
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Step();
        Garbage.AssertNone(50, Step);
        planned.AssertPlanned();
        PassTrace trace = planned.Workspace.LastTrace!;
        Assert.InRange(planned.Workspace.PlannedPeakBytes, 0, (long)(1.02 * trace.LowerBoundBytes()) + SmallBlocks);
    }

    /// <summary>Functions one after the other; each result is released as soon as the next one is there.</summary>
    private static Tensor Chain(Tensor x, params ReadOnlySpan<Func<Tensor, Tensor>> functions)
    {
        Tensor current = functions[0](x);
        foreach (Func<Tensor, Tensor> function in functions[1..])
        {
            Tensor next = function(current);
            current.Dispose();
            current = next;
        }

        return current;
    }

    private static Tensor Program(string name, Tensor x)
    {
        switch (name)
        {
            case "math":
                return Chain(
                    x, static a => a.Erf(), static a => a.Log1p(), static a => a.Exp2(), static a => a.Clamp(0.1, 5), static a => a.Atan2(a),
                    static a => a.Remainder(0.7), static a => a.Lerp(a, 0.3), static a => a.Sum());

            case "activations":
                return Chain(
                    x, static a => a.Gelu(), static a => a.Silu(), static a => a.Elu(), static a => a.LeakyRelu(), static a => a.Softplus(), static a => a.Relu6(),
                    static a => a.Gelu(GeluApproximation.Tanh), static a => a.Mean());

            case "losses":
            {
                using Tensor t = Tensor.Full([16, 24], 0.25), labels = Tensor.Full([16], 3, DType.I64), weights = Tensor.Ones([24]);
                using Tensor a = x.MeanSquaredError(t), b = x.Huber(t), c = x.BinaryCrossEntropy(t), d = x.CrossEntropy(labels, weights, 0.1);
                using Tensor e = a + b, f = c + d;
                return e + f;
            }

            case "statistics":
            {
                using Tensor a = x.Var([1]), b = x.Std([0]), c = x.LogSumExp([1]), d = x.Norm(2, [1]), e = x.Prod([1]), f = a + c, g = d + e, h = f + g;
                using Tensor i = h.Sum(), j = b.Sum();
                return i + j;
            }

            case "order":
            {
                (Tensor sorted, Tensor order) = x.Sort();
                (Tensor best, Tensor places) = x.TopK(3, 0);
                using (sorted)
                using (order)
                using (best)
                using (places)
                {
                    using Tensor a = sorted.CumSum(), b = a.Sum(), c = best.Sum();
                    return b + c;
                }
            }

            case "positions":
            {
                Tensor taken, padded, turned, tiled, triangle;
                using (Tensor index = Tensor.Full([5], 2, DType.I64)) taken = x.IndexSelect(0, index);
                using (taken) padded = taken.Pad([1, 1]);
                using (padded) turned = padded.Flip(0);
                using (turned) tiled = turned.Tile(2, 1);
                using (tiled) triangle = tiled.Tril();
                using (triangle) return triangle.Sum();
            }

            case "joins":
            {
                using Tensor a = x.Square(), b = Tensor.Concat([x, a, x, a, x, a]), c = Tensor.Stack([x, a], 1), d = b.Sum(), e = c.Sum();
                return d + e;
            }

            default:
            {
                using Tensor a = x.Pow(2.5), b = a.Cos(), c = b.Reciprocal(), d = c.Sin(), e = d.Maximum(x), f = e.Max([1]), g = f.Square();
                return g.Sum();
            }
        }
    }
}
