using FsCheck;
using FsCheck.Fluent;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>Any chain, cut into segments anywhere and to any depth, has the bits of the whole one; in nested passes and lanes too.</summary>
public sealed class RecomputePropertyTests : IDisposable
{
    private const int Lanes = 4;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public RecomputePropertyTests() => _workspace = _manager.Lease(new());

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [InlineData(LifetimePolicy.Released)]
    [InlineData(LifetimePolicy.LastUse)]
    public void Cutting_a_chain_into_segments_changes_no_bit(LifetimePolicy lifetimes) =>
        Prop.ForAll(Chains(), chain =>
        {
            (int[] ops, int[] cuts) = chain;
            int[] whole = Bits(ops, [], lifetimes), cut = Bits(ops, cuts, lifetimes);
            Assert.Equal(whole, cut);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(12));

    [Fact]
    public void Backward_in_a_nested_pass_recomputes_there()
    {
        using var weight = new Parameter(new Shape(3), manager: _manager);
        using Pass pass = _workspace.Enter();
        var dropout = new Dropout(0.5, seed: 1);
        Tensor x = Tensor.Ones([3]).RequireGrad();
        Tensor y = Recompute.Run(x => Recompute.Run(dropout.Forward, x * (weight.Value + 1)).Exp(), x);
        float[] expected = [.. y.ToArray<float>().Select(static value => value == 1 ? 0 : 2 * value)];
        using (_workspace.Enter()) y.Sum().Backward();
        Assert.Equal(expected, weight.Grad!.Value.ToArray<float>());
        Assert.Equal(1, dropout.MaskCount);
    }

    [Fact]
    public void Lanes_recompute_beside_each_other_and_lose_no_part_of_a_shared_gradient()
    {
        using var weight = new Parameter(new Shape(10_000), manager: _manager);
        int calls = 0;
        using GradientHook hook = weight.OnGradient(_ => Interlocked.Increment(ref calls));
        Func<Tensor, Tensor> segment = x => (x + weight.Value) * 2;
        for (int round = 0; round < 20; round++)
        {
            using Pass pass = _workspace.Enter();
            using Lanes lanes = pass.Fork(Lanes);
            weight.ZeroGrad();
            RunLanes(lanes, () => Recompute.Run(segment, Tensor.Ones([10_000])).Sum().Backward());
            Assert.All(weight.Grad!.Value.ToArray<float>().Distinct(), static gradient => Assert.Equal(2f * Lanes, gradient));
        }

        Assert.Equal(20 * Lanes, calls);
    }

    private static void RunLanes(Lanes lanes, Action branch)
    {
        Task[] tasks = [.. Enumerable.Range(0, Lanes).Select(i => Task.Run(() =>
        {
            using Pass lane = lanes.Enter(i);
            branch();
        }))];
        Task.WaitAll(tasks);
    }

    private static int[] Bits(int[] ops, int[] cuts, LifetimePolicy lifetimes)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Lifetimes = lifetimes });
        using var weight = new Parameter(new Shape(4, 4), DType.F64, manager: manager);
        weight.Value.CopyFrom<double>([.. Enumerable.Range(0, 16).Select(static i => Math.Sin(i) / 3)]);
        using var dropout = new Dropout(0.3, seed: 4);
        var bits = new List<long>();
        for (int step = 0; step < 4; step++)
        {
            using Pass pass = workspace.Enter();
            Tensor x = Tensor.From<double>([.. Enumerable.Range(0, 12).Select(static i => Math.Cos(i))], new Shape(3, 4)).RequireGrad();
            Tensor y = Chain(x, ops, cuts, weight, dropout);
            Tensor loss = y.Square().Sum();
            loss.Backward();
            bits.AddRange(y.ToArray<double>().Select(BitConverter.DoubleToInt64Bits));
            bits.AddRange(x.Grad?.ToArray<double>().Select(BitConverter.DoubleToInt64Bits) ?? []);
            if (weight.Grad is { } gradient) bits.AddRange(gradient.ToArray<double>().Select(BitConverter.DoubleToInt64Bits));
            weight.ZeroGrad();
        }

        return [.. bits.Select(static value => value.GetHashCode())];
    }

    /// <summary>The ops one after the other; the first cut makes two segments, in which the other cuts go on.</summary>
    private static Tensor Chain(Tensor x, int[] ops, int[] cuts, Parameter weight, Dropout dropout)
    {
        if (cuts.Length == 0 || ops.Length < 2)
        {
            Tensor current = x;
            foreach (int op in ops) current = One(current, op, weight, dropout);
            return current;
        }

        int at = 1 + (cuts[0] % (ops.Length - 1));
        Tensor middle = Recompute.Run(x => Chain(x, ops[..at], cuts[1..], weight, dropout), x);
        return Recompute.Run(x => Chain(x, ops[at..], cuts[1..], weight, dropout), middle);
    }

    private static Tensor One(Tensor x, int op, Parameter weight, Dropout dropout) => op switch
    {
        0 => x.Tanh(),
        1 => x.MatMul(weight.Value),
        2 => dropout.Forward(x),
        3 => x + x.Sigmoid(),
        4 => x.Linear(weight.Value),
        5 => (x * x).Tanh(),
        6 => x.Reshape(4, 3).Transpose().Contiguous(),
        _ => x * 0.5,
    };

    private static Arbitrary<(int[] Ops, int[] Cuts)> Chains() =>
        (from ops in Gen.Choose(0, 7).ArrayOf()
         from cuts in Gen.Choose(0, 1000).ArrayOf()
         select (ops, cuts[..Math.Min(3, cuts.Length)])).ToArbitrary();
}
