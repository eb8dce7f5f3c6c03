using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;
using Workspaces.Train;

namespace Workspaces.Tests.Autograd;

/// <summary>Segments that run twice: the same numbers for less memory.</summary>
[Collection(nameof(AloneCollection))]
public sealed class RecomputeTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public RecomputeTests() => _workspace = _manager.Lease(new());

    public static TheoryData<LifetimePolicy> Lifetimes => [LifetimePolicy.Released, LifetimePolicy.LastUse];

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_segment_gives_the_values_and_gradients_of_its_ops()
    {
        using Pass pass = _workspace.Enter();
        Func<Tensor, Tensor> segment = static x => (x.Tanh() * x).Exp();
        (double[] plain, double[] plainGradient) = Run(segment);
        (double[] output, double[] gradient) = Run(x => Recompute.Run(segment, x));

        Assert.Equal(plain, output);
        Assert.Equal(plainGradient, gradient);
    }

    [Fact]
    public void A_segment_runs_once_forward_and_once_backward_and_knows_it()
    {
        using Pass pass = _workspace.Enter();
        var runs = new List<bool>();
        Tensor x = Tensor.Ones([3]).RequireGrad();
        Tensor y = Recompute.Run(
            x =>
            {
                runs.Add(Recompute.IsRunningAgain);
                return x.Square();
            },
            x);
        Assert.Equal([false], runs);
        y.Sum().Backward();
        Assert.Equal([false, true], runs);
        Assert.False(Recompute.IsRunningAgain);
        Assert.True(Gradients.AreRecorded);
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void A_model_of_recomputed_blocks_learns_the_same_bits_in_its_lower_bound_and_without_garbage(LifetimePolicy lifetimes)
    {
        int[] plain = BitsOf(depth: 0), recomputed = BitsOf(depth: 1), nested = BitsOf(depth: 2);
        Assert.Equal(plain, recomputed);
        Assert.Equal(plain, nested);
        long[] peaks = [.. Enumerable.Range(0, 3).Select(depth => PlannedPeak(depth, lifetimes))];
        Assert.True(peaks[1] < 0.65 * peaks[0], $"{peaks[1]} of {peaks[0]} bytes");
        Assert.InRange(peaks[2], 1, peaks[0]);
    }

    [Fact]
    public void The_trace_on_shapes_alone_is_the_one_of_the_step()
    {
        using var model = new DeepModel(_manager, depth: 2);
        var tracer = new ShapeTrace(_workspace);
        tracer.Run(default, [(DType.F32, new Shape(DeepModel.Batch, DeepModel.Width))], inputs => model.Learn(inputs[0]));
        var traced = _workspace.LastTrace!.Entries.ToArray();
        Tensor x = Tensor.Ones([DeepModel.Batch, DeepModel.Width]);
        using (_workspace.Enter()) model.Learn(x);
        var real = _workspace.LastTrace!.Entries.ToArray();
        x.Dispose();
        Assert.Equal(real.Select(entry => (entry.Bytes, entry.Birth, entry.LastUse, entry.Death, entry.Tag)), traced.Select(entry => (entry.Bytes, entry.Birth, entry.LastUse, entry.Death, entry.Tag)));
        Assert.Equal(0, model.MasksDrawnMoreThanOnce);
    }

    [Fact]
    public void Masks_are_the_same_the_second_time_and_others_the_next_time()
    {
        using Pass pass = _workspace.Enter();
        var dropout = new Dropout(0.5, seed: 3);
        Func<Tensor, Tensor> segment = dropout.Forward;
        Tensor x = Tensor.Ones([64]).RequireGrad();
        Tensor first = Recompute.Run(segment, x), second = Recompute.Run(segment, x);
        Assert.NotEqual(first.ToArray<float>(), second.ToArray<float>());
        Assert.Equal(2, dropout.MaskCount);
        first.Sum().Backward();
        Assert.Equal(2, dropout.MaskCount);
        Assert.Equal(first.ToArray<float>(), x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void Parameters_get_gradients_when_the_input_wants_none()
    {
        using var weight = new Parameter(new Shape(2, 3), manager: _manager);
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, 2, 3], new Shape(1, 3));
        Tensor y = Recompute.Run(x => x.Linear(weight.Value), x);
        Assert.True(y.RequiresGrad);
        y.Sum().Backward();
        Assert.Equal([1, 2, 3, 1, 2, 3], weight.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void Nothing_is_recorded_when_nothing_wants_a_gradient()
    {
        using Pass pass = _workspace.Enter();
        Assert.False(Recompute.Run(static x => x.Exp(), Tensor.Ones([2])).RequiresGrad);
        Tensor leaf = Tensor.Ones([2]).RequireGrad();
        using (Gradients.Off()) Assert.False(Recompute.Run(static x => x.Exp(), leaf).RequiresGrad);
        Assert.True(Gradients.AreRecorded);
    }

    [Fact]
    public void Outside_every_workspace_a_segment_is_recorded_as_usual()
    {
        using Tensor x = Tensor.Ones([2]).RequireGrad();
        using Tensor y = Recompute.Run(static x => x.Square(), x);
        using Tensor sum = y.Sum();
        sum.Backward();
        Assert.Equal([2, 2], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void What_a_segment_passes_through_or_views_keeps_its_gradient()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, 2, 3, 4], new Shape(2, 2)).RequireGrad();
        Tensor h = x * 2;
        Tensor same = Recompute.Run(static x => x, h), view = Recompute.Run(static x => x.Transpose(), h), made = Recompute.Run(static x => (x * 3).Reshape(4), h);
        Tensor loss = same.Sum() + view.Sum() + made.Sum();
        loss.Backward();
        Assert.Equal([10, 10, 10, 10], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_parameter_as_the_result_gets_its_gradient()
    {
        using var weight = new Parameter(new Shape(2), manager: _manager);
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([2]).RequireGrad();
        Tensor y = Recompute.Run(_ => weight.Value, x);
        (y.Sum() * 3).Backward();
        Assert.Equal([3, 3], weight.Grad?.ToArray<float>() ?? []);
        Assert.Null(x.Grad);
    }

    [Fact]
    public void A_graph_that_is_retained_runs_twice()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, 2]).RequireGrad();
        Tensor loss = Recompute.Run(static x => x.Square().Exp(), x).Sum();
        loss.Backward(retainGraph: true);
        float[] once = x.Grad!.Value.ToArray<float>();
        loss.Backward();
        Assert.Equal(once.Select(static value => 2 * value), x.Grad!.Value.ToArray<float>());
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => loss.Backward());
        Assert.Contains("a second time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_not_the_input_may_be_used_where_its_turn_has_not_come()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, 2]).RequireGrad(), other = x * 3;
        Tensor y = Recompute.Run(x => x * other, x);
        y.Sum().Backward();
        Assert.Equal([6, 12], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_tensor_whose_turn_has_come_before_is_refused()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, 2]).RequireGrad();
        Tensor other = x.Exp();
        Tensor y = Recompute.Run(x => x * other, x);
        Tensor loss = y.Sum() + other.Sum(); // the walk comes to one of the two first
        Exception? forward = Record.Exception(() => loss.Backward());
        using Pass again = _workspace.Enter();
        Tensor x2 = Tensor.From<float>([1, 2]).RequireGrad();
        Tensor other2 = x2.Exp();
        Tensor y2 = Recompute.Run(x => x * other2, x2);
        Tensor loss2 = other2.Sum() + y2.Sum();
        Exception? backward = Record.Exception(() => loss2.Backward());
        Exception error = Assert.Single(new[] { forward, backward }.OfType<InvalidOperationException>());
        Assert.Contains("not its input", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_that_changes_its_mind_is_refused_and_leaves_no_gradient()
    {
        using var weight = new Parameter(new Shape(2), manager: _manager);
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([2]).RequireGrad();
        int run = 0;
        Tensor y = Recompute.Run(x => run++ == 0 ? x * weight.Value : (x * weight.Value).Sum(), x);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => (y * weight.Value).Sum().Backward());
        Assert.Contains("the second time", error.Message, StringComparison.Ordinal);
        Assert.Null(weight.Grad);
        Assert.True(Gradients.AreRecorded);
    }

    [Fact]
    public void Other_masks_than_the_first_time_are_refused()
    {
        using Pass pass = _workspace.Enter();
        var dropout = new Dropout(0.5, seed: 3);
        Tensor x = Tensor.Ones([2]).RequireGrad();
        Tensor y = Recompute.Run(dropout.Forward, x);
        dropout.Eval();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => y.Sum().Backward());
        Assert.Contains("masks", error.Message, StringComparison.Ordinal);
        dropout.Train();
        Assert.Equal(1, dropout.MaskCount);
        dropout.Forward(x);
        Assert.Equal(2, dropout.MaskCount);
    }

    [Fact]
    public void A_segment_that_writes_to_its_input_is_refused()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([2]).RequireGrad() * 2;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Recompute.Run(static x => x.MultiplyInPlace(2), x));
        Assert.Contains("in place", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_in_a_segment_leaves_recording_as_it_was()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([2]).RequireGrad();
        Assert.Throws<FormatException>(() => Recompute.Run(static _ => throw new FormatException("no"), x));
        Assert.True(Gradients.AreRecorded);
        int run = 0;
        Tensor y = Recompute.Run(x => run++ == 0 ? x.Exp() : throw new FormatException("no"), x);
        Assert.Throws<FormatException>(() => y.Sum().Backward());
        Assert.True(Gradients.AreRecorded);
        Assert.Null(x.Grad);
        Assert.Throws<ArgumentNullException>(() => Recompute.Run(null!, x));
        Assert.Throws<StaleAccessException>(() => Recompute.Run(static x => x, default));
    }

    [Fact]
    public void The_input_may_be_disposed_before_backward()
    {
        using Pass pass = _workspace.Enter();
        Tensor leaf = Tensor.From<float>([1, 2]).RequireGrad(), x = leaf * 1;
        Tensor y = Recompute.Run(static x => x.Square(), x);
        x.Dispose();
        y.Sum().Backward();
        Assert.Equal([2, 4], leaf.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_pass_that_begins_with_a_segment_is_not_taken_for_one_of_evaluation()
    {
        using var planned = new PlannedWorkspace();
        using var weight = new Parameter(new Shape(64, 64), manager: planned.Manager);
        Tensor x = Tensor.Ones([8, 64]);
        Func<Tensor, Tensor> segment = x => x.Linear(weight.Value).Relu();
        planned.Passes(PlannedWorkspace.WarmUp, pass =>
        {
            if (pass % 2 == 0) Recompute.Run(segment, x).Sum().Backward();
            else Evaluate();
        });
        planned.AssertPlanned();
        x.Dispose();

        void Evaluate()
        {
            using NoGradScope off = Gradients.Off();
            using Tensor y = segment(x);
            using Tensor more = Tensor.Zeros([1000]);
        }
    }

    private static (double[] Output, double[] Gradient) Run(Func<Tensor, Tensor> program)
    {
        Tensor x = Tensor.From<double>([0.1, -0.7, 1.3, 0.4, 2.1, -0.2], new Shape(2, 3)).RequireGrad();
        Tensor y = program(x * 1.5);
        y.Sum().Backward();
        return (y.ToArray<double>(), x.Grad!.Value.ToArray<double>());
    }

    private static int[] BitsOf(int depth)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        using var model = new DeepModel(manager, depth);
        Tensor x = Tensor.Ones([DeepModel.Batch, DeepModel.Width]);
        for (int i = 0; i < 5; i++)
        {
            using Pass pass = workspace.Enter();
            model.Learn(x);
        }

        x.Dispose();
        return model.Bits();
    }

    private static long PlannedPeak(int depth, LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        using var model = new DeepModel(planned.Manager, depth);
        Tensor x = Tensor.Ones([DeepModel.Batch, DeepModel.Width]);
        void Step()
        {
            using Pass pass = planned.Workspace.Enter();
            model.Learn(x);
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Step();
        Garbage.AssertNone(100, Step);
        planned.AssertPlanned();
        long bound = planned.Workspace.LastTrace!.LowerBoundBytes(), peak = planned.Workspace.PlannedPeakBytes;
        Assert.InRange(peak / (double)bound, 1, lifetimes == LifetimePolicy.LastUse ? 1.0 : 1.02);
        x.Dispose();
        return peak;
    }

    /// <summary>Four blocks of four layers with dropout; depth 1 recomputes the blocks, depth 2 also pairs of layers inside them.</summary>
    private sealed class DeepModel : IDisposable
    {
        public const int Batch = 64, Width = 64;
        private const int Blocks = 4, Layers = 4;
        private readonly Sequential _model = [];
        private readonly List<Dropout> _dropouts = [];
        private readonly Sgd _optimizer;

        public DeepModel(WorkspaceManager manager, int depth)
        {
            ulong seed = 1;
            for (int block = 0; block < Blocks; block++)
            {
                Sequential outer = [];
                for (int layer = 0; layer < Layers; layer++)
                {
                    var dropout = new Dropout(0.1, seed++);
                    _dropouts.Add(dropout);
                    Sequential pair = [new Linear(Width, Width, seed: seed++, manager: manager), new Workspaces.NN.Tanh(), dropout];
                    outer.Add(depth == 2 ? new Recomputed(pair) : pair);
                }

                _model.Add(depth > 0 ? new Recomputed(outer) : outer);
            }

            _optimizer = new Sgd(_model.Parameters, 0.01);
        }

        /// <summary>Masks that were taken, above one a layer and step.</summary>
        public long MasksDrawnMoreThanOnce => _dropouts.Max(static dropout => dropout.MaskCount) - 1;

        public void Learn(Tensor x)
        {
            using Tensor y = _model.Forward(x);
            using Tensor squares = y.Square();
            y.Dispose();
            using Tensor loss = squares.Mean();
            squares.Dispose();
            loss.Backward();
            _optimizer.Step();
            loss.ItemUnlessTraced<float>(); // the last use of what Backward keeps
        }

        public int[] Bits() => [.. _model.Parameters.SelectMany(static parameter => parameter.Value.ToArray<float>()).Select(BitConverter.SingleToInt32Bits)];

        public void Dispose()
        {
            _optimizer.Dispose();
            _model.Dispose();
        }
    }
}
