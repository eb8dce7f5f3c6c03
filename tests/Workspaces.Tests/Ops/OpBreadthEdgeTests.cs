using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Wrong use of the ops around elements, losses and positions is named with numbers and a remedy; integers and empty tensors.</summary>
public sealed class OpBreadthEdgeTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public void Dispose() => _workspace.Dispose();

    private static void Refused<TError>(Func<Tensor> run, params string[] words)
        where TError : Exception
    {
        var error = Assert.ThrowsAny<TError>(() => run());
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Tensor x = Tensor.Ones([2, 3]), whole = Tensor.Ones([2], DType.I32);
        Refused<ArgumentException>(() => x.Elu(-1), "Elu", "-1");
        Refused<ArgumentException>(() => x.LeakyRelu(double.NaN), "LeakyRelu");
        Refused<ArgumentException>(() => x.Softplus(0), "Softplus", "above 0");
        Refused<ArgumentException>(() => x.HardTanh(1, 1), "HardTanh");
        Refused<ArgumentException>(() => x.Clamp(), "Clamp", "at least one");
        Refused<ArgumentException>(() => x.Clamp(min: double.NaN), "Clamp");
        Refused<ArgumentException>(() => whole.Clamp(0.5), "Clamp");
        Refused<ArgumentException>(() => whole.Gelu(), "Gelu", "float32");
        Refused<ArgumentException>(() => whole.Less(0.5), "Less");
        Refused<ArgumentException>(() => x.Norm(0), "Norm");
        Refused<ArgumentException>(() => x.TopK(4).Values, "TopK", "3 elements");
        Refused<ArgumentException>(() => x.Huber(x, 0), "Huber");
        Refused<ArgumentException>(() => x.SmoothL1(x, -1), "SmoothL1");
        Refused<ShapeException>(() => x.Pad([1]), "Pad");
        Refused<ShapeException>(() => x.Pad([3, 0], PadMode.Reflect), "Pad", "[2, 3]");
        Refused<ShapeException>(() => x.Pad([-1, 0]), "Pad");
        Refused<ArgumentException>(() => x.Tile(-1), "Tile");
        Refused<ShapeException>(() => Tensor.Scalar(1).Tril(), "Tril");
        Refused<ArgumentException>(() => x.MaskedFill(x, 0), "MaskedFill");
        Refused<ShapeException>(() => Tensor.Ones([3]).MaskedFill(Tensor.Ones([2, 3], DType.Bool), 0), "MaskedFill");
    }

    [Fact]
    public void Losses_name_what_is_wrong_with_their_data()
    {
        Tensor x = Tensor.Ones([2, 3]), empty = Tensor.Zeros([0, 3]), nan = Tensor.From<float>([0, 1, 2, float.NaN, 0, 0], new Shape(2, 3));
        Refused<ShapeException>(() => x.MeanSquaredError(Tensor.Ones([3])), "MeanSquaredError", "[2, 3]", "[3]", "BroadcastTo");
        Refused<ArgumentException>(() => x.MeanSquaredError(Tensor.Ones([2, 3], DType.F64)), "MeanSquaredError", "float64");
        Refused<ArgumentException>(() => x.BinaryCrossEntropy(nan), "BinaryCrossEntropy", "target 3", "NaN");
        Refused<ArgumentException>(() => x.Transpose().AbsoluteError(nan.Transpose(), LossReduction.None), "AbsoluteError", "target 1");
        Refused<ArgumentException>(() => empty.Huber(empty), "Huber", "[0, 3]", "no samples");
        Assert.Equal(0, empty.Huber(empty, reduction: LossReduction.Sum).Item());
        Assert.True(float.IsNaN(nan.MeanSquaredError(x).Item()));
        Tensor labels = Tensor.From<long>([1, 3]), none = Tensor.Zeros([0], DType.I64);
        Refused<ArgumentException>(() => x.NllLoss(labels), "NllLoss", "label 3", "3 classes");
        Refused<ArgumentException>(() => x.CrossEntropy(labels, null), "CrossEntropy", "label 3");
        Refused<ArgumentException>(() => empty.CrossEntropy(none), "CrossEntropy", "[0, 3]", "no samples");
        Refused<ArgumentException>(() => x.CrossEntropy(Tensor.Ones([2])), "labels float32[2]", "To(DType.I64)");
        Refused<ArgumentException>(() => x.CrossEntropy(labels, null, labelSmoothing: 2), "labelSmoothing 2");
        Refused<ShapeException>(() => x.CrossEntropy(labels, Tensor.Ones([2])), "[3]");
        Refused<ArgumentException>(() => x.CrossEntropy(labels, LossReduction.BatchMean), "BatchMean");
        Assert.Equal(0, empty.CrossEntropy(none, LossReduction.Sum).Item());
        Assert.Equal(Math.Log(3), x.CrossEntropy(labels, null, ignoreIndex: 3).Item(), 1e-6);
        Assert.True(float.IsNaN(x.CrossEntropy(Tensor.From<long>([7, 7]), null, ignoreIndex: 7).Item()));
    }

    [Fact]
    public void Positions_are_checked()
    {
        Tensor x = Tensor.Ones([2, 3]), far = Tensor.From<long>([0, 3]), negative = Tensor.From<int>([-1, 0]);
        Refused<ArgumentException>(() => x.IndexSelect(1, far), "IndexSelect", "position 3", "0 to 2");
        Refused<ArgumentException>(() => x.IndexSelect(1, negative), "IndexSelect", "position -1");
        Refused<ArgumentException>(() => x.Gather(1, far.Unsqueeze(0)), "Gather", "position 3");
        Refused<ArgumentException>(() => x.ScatterAdd(1, far.Unsqueeze(0), Tensor.Ones([1, 2])), "ScatterAdd", "position 3");
        Refused<ShapeException>(() => x.Gather(1, far), "Gather", "[2, 3]", "[2]");
        Refused<ShapeException>(() => x.ScatterAdd(1, far.Unsqueeze(0), x), "ScatterAdd");
        Refused<ArgumentException>(() => x.Gather(1, x), "Gather", "float32");
        Refused<ArgumentException>(() => far.OneHot(3), "OneHot", "label 3");
        Refused<ArgumentException>(() => far.OneHot(0), "OneHot");
        Refused<ArgumentException>(() => Tensor.Concat([]), "Concat", "no tensors");
        Refused<ShapeException>(() => Tensor.Concat([x, Tensor.Ones([2, 4])]), "Concat", "[2, 4]");
        Refused<ShapeException>(() => Tensor.Stack([x, Tensor.Ones([2, 4])]), "Stack", "[2, 4]");
        Refused<ArgumentException>(() => Tensor.Concat([x, far]), "Concat");
        Refused<ArgumentException>(() => x.Split(0)[0], "Split");
        Refused<ArgumentException>(() => x.Chunk(0)[0], "Chunk");
    }

    [Fact]
    public void Integers_and_bools_are_served_where_they_make_sense()
    {
        Tensor a = Tensor.From<int>([7, -7, 2]), truth = Tensor.From<bool>([true, false, true]);
        Assert.Equal([1, 2, 2], a.Remainder(3).ToArray<int>());
        Assert.Equal([1, -1, 2], a.Fmod(3).ToArray<int>());
        Assert.Equal([2, -1, 2], a.Clamp(-1, 2).ToArray<int>());
        Assert.Equal(-98L, a.Prod().Item<long>());
        Assert.Equal([7L, 0, 2], a.CumSum().ToArray<long>());
        Assert.Equal([-7, 2, 7], a.Sort().Values.ToArray<int>());
        Assert.Equal([true, true, false], truth.Sort(descending: true).Values.ToArray<bool>());
        Assert.Equal([false, true, false], truth.Not().ToArray<bool>());
        Assert.Equal([2, -7, 7], a.Flip(0).ToArray<int>());
        Assert.Equal([9, 7, -7, 2, 9], a.Pad([1, 1], value: 9).ToArray<int>());
        Assert.Equal([true, false, true, false], Tensor.Concat([truth, Tensor.From<bool>([false])]).ToArray<bool>());
        Assert.Throws<DivideByZeroException>(() => a.Remainder(0));
    }

    [Fact]
    public void Empty_tensors_pass_through()
    {
        Tensor x = Tensor.Zeros([0, 3]).RequireGrad();
        Assert.Equal(new Shape(0, 3), x.Gelu().Shape);
        Assert.Equal(new Shape(0, 3), x.Sort().Values.Shape);
        Assert.Equal(new Shape(0, 3), x.CumSum(0).Shape);
        Assert.Equal(new Shape(2, 3), Tensor.Concat([x, Tensor.Ones([2, 3])]).Shape);
        Assert.Equal(new Shape(0, 6), x.Tile(1, 2).Shape);
        Assert.Equal(new Shape(2, 3), x.Pad([0, 0, 1, 1]).Shape);
        Assert.Equal(0, x.Norm().Item());
        Assert.Equal(1, x.Prod().Item());
        Assert.True(float.IsNaN(x.Var().Item()));
        Assert.Equal(float.NegativeInfinity, x.LogSumExp().Item());
        Assert.False(x.Any().Item<bool>());
        Assert.True(x.All().Item<bool>());
        Assert.Empty(x.Split(2));
        x.Silu().Flip(0).Sum().Backward();
        Assert.Equal(new Shape(0, 3), x.Grad!.Value.Shape);
    }

    [Theory]
    [InlineData(4, 1e-12)]
    [InlineData(4, 1e10)]
    [InlineData(3, 1e-30)]
    [InlineData(1.5, 1e30)]
    [InlineData(0.5, 1e-20)]
    public void Norms_keep_the_range_of_the_type(double p, double scale)
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From([(float)scale, (float)(-2 * scale), 0]).RequireGrad(), y = x.Norm(p);
        double length = Math.Pow(1 + Math.Pow(2, p), 1 / p), slope = Math.Pow(length, 1 - p);
        Assert.Equal(length, y.Item() / (double)(float)scale, 1e-5);
        y.Backward();
        float[] gradient = x.Grad!.Value.ToArray<float>();
        Assert.Equal(slope, gradient[0], 1e-5 * slope);
        Assert.Equal(-slope * Math.Pow(2, p - 1), gradient[1], 1e-5 * slope);
        Assert.Equal(0, gradient[2]);
    }

    [Fact]
    public void Norms_of_zeros_infinities_and_NaN_are_what_they_are()
    {
        using Pass pass = _workspace.Enter();
        Assert.Equal([0, float.PositiveInfinity, float.NaN], Tensor.From([0, 0, 1, float.NegativeInfinity, 1, float.NaN], [3, 2]).Norm(3, [1]).ToArray<float>());
        Tensor zeros = Tensor.Zeros([2]).RequireGrad();
        zeros.Norm(3).Backward();
        Assert.Equal([0, 0], zeros.Grad!.Value.ToArray<float>());
        Assert.Equal(0, Tensor.Zeros([0]).Norm(3).Item());
        Assert.Equal(0, Tensor.Zeros([1000]).Norm(0.05).Item());
        Assert.Equal(1e20, Tensor.Full([10_000], 1e-20f).Norm(0.1).Item(), 1e16);
    }

    [Fact]
    public void The_gradient_of_Gelu_is_1_or_0_far_out()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From([2e13f, -2e13f, 1e18f, 50, -50]).RequireGrad(), wide = Tensor.From<double>([1e120, -1e120, 30]).RequireGrad();
        (x.Gelu(GeluApproximation.Tanh).Sum() + wide.Gelu(GeluApproximation.Tanh).Sum().To(DType.F32)).Backward();
        Assert.Equal([1, 0, 1, 1, 0], x.Grad!.Value.ToArray<float>());
        Assert.Equal([1, 0, 1], wide.Grad!.Value.ToArray<double>());
    }

    [Fact]
    public void A_variance_far_from_zero_is_that_of_the_deviations()
    {
        using Pass pass = _workspace.Enter();
        double[] x = [.. Enumerable.Range(0, 1000).Select(static i => 1e15 + (2 * (i % 2)))];
        Assert.Equal(1000.0 / 999, Tensor.From<double>(x).Var().Item<double>(), 1e-12);
        Assert.Equal(0, Tensor.Full([100_003], 1e15 / 3, DType.F64).Std().Item<double>(), 0.1);
    }

    [Fact]
    public void Equal_elements_keep_their_order_and_NaN_is_the_largest()
    {
        float[] values = [.. Enumerable.Range(0, 200).Select(i => i % 7 == 3 ? float.NaN : i * 31 % 5)];
        Tensor x = Tensor.From<float>(values);
        long[] up = x.ArgSort().ToArray<long>(), down = x.ArgSort(descending: true).ToArray<long>();
        Assert.Equal(Enumerable.Range(0, 200).OrderBy(i => float.IsNaN(values[i]) ? 99 : values[i]).Select(i => (long)i), up);
        Assert.Equal(Enumerable.Range(0, 200).OrderByDescending(i => float.IsNaN(values[i]) ? 99 : values[i]).Select(i => (long)i), down);
    }

    [Fact]
    public void Loss_classes_take_what_they_were_made_with()
    {
        Tensor x = Tensor.From<float>([1, 2, 0, -1, 0.5f, 2], new Shape(2, 3)), labels = Tensor.From<long>([0, 2]), t = Tensor.Full([2, 3], 0.25);
        float weighted = x.CrossEntropy(labels, Tensor.From<float>([1, 2, 3]), 0.1).Item();
        Assert.Equal(weighted, new CrossEntropyLoss([1, 2, 3], 0.1).Forward(x, labels).Item());
        Assert.Equal(x.CrossEntropy(labels).Item(), new CrossEntropyLoss().Forward(x, labels).Item());
        Assert.Equal(x.LogSoftmax().NllLoss(labels).Item(), new NLLLoss().Forward(x.LogSoftmax(), labels).Item());
        Assert.Equal(x.CrossEntropy(labels).Item(), x.LogSoftmax().NllLoss(labels).Item(), 1e-6);
        Assert.Equal(x.MeanSquaredError(t).Item(), new MSELoss().Forward(x, t).Item());
        Assert.Equal(x.AbsoluteError(t, LossReduction.Sum).Item(), new L1Loss(LossReduction.Sum).Forward(x, t).Item());
        Assert.Equal(x.Huber(t, 0.5).Item(), new HuberLoss(0.5).Forward(x, t).Item());
        Assert.Equal(x.SmoothL1(t, 0.5).Item(), new SmoothL1Loss(0.5).Forward(x, t).Item());
        Assert.Equal(x.BinaryCrossEntropy(t, positiveWeight: Tensor.From<float>([1, 2, 3])).Item(), new BCEWithLogitsLoss([1, 2, 3]).Forward(x, t).Item());
        Assert.Equal(x.KlDivergence(t).Item(), new KLDivLoss().Forward(x, t).Item());
        Assert.Throws<ArgumentOutOfRangeException>(() => new CrossEntropyLoss([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HuberLoss(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ELU(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HardTanh(1, 0));
    }
}
