using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Seams;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Seams;

/// <summary>A model as a plain function: right values, planned from the first call, nothing left, safe for many callers.</summary>
[Collection(nameof(AloneCollection))]
public sealed class WorkspaceModelTests : IDisposable
{
    private const string Name = "serve";
    private readonly WorkspaceManager _manager = new();
    private readonly WorkspaceConfiguration _configuration = new() { Name = Name };
    private readonly Sequential _model;
    private readonly Tensor _x;
    private readonly float[] _expected;

    public WorkspaceModelTests()
    {
        _model = new Sequential(new Linear(12, 32, manager: _manager), new ReLU(), new Linear(32, 5, manager: _manager));
        _model.Initialize(3);
        using (Workspace data = _manager.Lease(new() { Name = "reference" }))
        {
            using NoGradScope off = Gradients.Off();
            _expected = _model.Forward(Input(6)).ToArray<float>();
        }

        Tensor made = default;
        Outside.Run(() => made = Input(6));
        _x = made;
    }

    public void Dispose()
    {
        _x.Dispose();
        _model.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Results_go_to_the_callers_tensor_span_or_workspace()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        using Workspace caller = _manager.Lease(new() { Name = "caller" });
        Tensor destination = Tensor.Zeros([6, 5]), transposed = Tensor.Zeros([5, 6]);
        var span = new float[30];
        callable.Run(_x, destination);
        callable.Run(_x, transposed.Transpose());
        callable.Run(_x, span.AsSpan());
        Assert.Equal(_expected, destination.ToArray<float>());
        Assert.Equal(_expected, transposed.Transpose().ToArray<float>());
        Assert.Equal(_expected, span);
        Array.Clear(span);
        callable.Run<float, float>(_x.ToArray<float>(), [6, 12], span);
        Assert.Equal(_expected, span);

        Tensor result;
        using (Pass pass = caller.Enter())
        {
            result = callable.Run(_x);
            Assert.Same(caller, result.Workspace);
            Assert.False(result.RequiresGrad);
            Assert.Equal(_expected, result.ToArray<float>());
        }

        Assert.False(result.IsAlive);
        Outside.Run(() =>
        {
            using Tensor kept = callable.Run(_x);
            Assert.Null(kept.Workspace);
            Assert.Equal(_expected, kept.ToArray<float>());
        });
    }

    [Theory]
    [InlineData(LifetimePolicy.Released)]
    [InlineData(LifetimePolicy.LastUse)]
    public void The_first_call_runs_from_a_plan_and_no_call_deviates(LifetimePolicy lifetimes)
    {
        WorkspaceConfiguration configuration = _configuration with { Lifetimes = lifetimes };
        using WorkspaceModel callable = _model.InWorkspace(configuration);
        float[] span = new float[30], input = _x.ToArray<float>();
        using (Tensor destination = OutsideZeros([6, 5]))
        {
            callable.Run(_x, destination);
            callable.Run(_x, span.AsSpan());
            callable.Run<float, float>(input, [6, 12], span);
            callable.Run(_x).Dispose();
            Assert.Equal(_expected, destination.ToArray<float>());
        }

        Assert.Equal(_expected, span);
        using Workspace used = _manager.Lease(configuration);
        Assert.Equal(0, used.LearningPeakBytes);
        Assert.True(used.PlannedPeakBytes > 0);
        Assert.Equal(0, used.Deviations);
    }

    [Fact]
    public void Calls_make_no_garbage_and_ask_the_system_for_nothing()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        float[] span = new float[30], input = _x.ToArray<float>();
        using Tensor destination = OutsideZeros([6, 5]);
        Round();
        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Round();
        Workspace probe = _manager.Lease(_configuration);
        long calls = probe.SystemCalls;
        probe.Dispose();
        Garbage.AssertNone(100, Round);
        using Workspace after = _manager.Lease(_configuration);
        Assert.Equal(calls, after.SystemCalls);

        void Round()
        {
            callable.Run(_x, destination);
            callable.Run(_x, span.AsSpan());
            callable.Run<float, float>(input, [6, 12], span);
        }
    }

    [Fact]
    public void Other_shapes_have_plans_of_their_own_and_can_be_traced_ahead()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        int[] sizes = [1, 6, 33, 0];
        foreach (int size in sizes) callable.Trace((DType.F32, [size, 12]));
        for (int round = 0; round < 3; round++)
        {
            foreach (int size in sizes)
            {
                using Tensor x = Input(size), result = callable.Run(x);
                Assert.Equal(new Shape(size, 5), result.Shape);
            }
        }

        using Workspace used = _manager.Lease(_configuration);
        Assert.Equal((0, 0), (used.LearningPeakBytes, used.Deviations));
    }

    [Fact]
    public void Many_callers_at_once_get_their_own_results()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, caller =>
        {
            float[] input = new float[12], first = new float[5], again = new float[5];
            Array.Fill(input, caller);
            callable.Run<float, float>(input, [1, 12], first);
            for (int i = 0; i < 100; i++)
            {
                callable.Run<float, float>(input, [1, 12], again);
                Assert.Equal(first, again);
            }
        });
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Severity != FindingSeverity.Information);
        Assert.Equal(0, _manager.Memory.Allocated - _manager.Persistent.Memory.Allocated);
    }

    [Fact]
    public async Task Callers_that_await_between_calls_may_change_threads()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        using Workspace caller = _manager.Lease(new() { Name = "caller" });
        for (int i = 0; i < 20; i++)
        {
            using Pass pass = caller.Enter();
            Tensor before = callable.Run(_x);
            await Task.Yield();
            Tensor after = await Task.Run(() => callable.Run(_x));
            Assert.Equal(before.ToArray<float>(), after.ToArray<float>());
        }
    }

    [Fact]
    public void An_exception_in_the_model_leaves_everything_as_it_was()
    {
        int calls = 0;
        using var callable = new WorkspaceModel(
            inputs => ++calls % 2 == 0 ? throw new InvalidDataException("no") : inputs[0].Add(1), _configuration, _manager);
        using Workspace caller = _manager.Lease(new() { Name = "caller" });
        Assert.Throws<InvalidDataException>(() => callable.Run(_x)); // traced first, then run
        Assert.Equal(_x.ToArray<float>().Select(static value => value + 1), callable.Run(_x).ToArray<float>());
        Assert.Throws<InvalidDataException>(() => callable.Run(_x));
        Tensor mine = Tensor.Ones([3]);
        Assert.Same(caller, mine.Workspace);
        Assert.True(mine.Add(mine).IsAlive);
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Severity != FindingSeverity.Information);
    }

    [Fact]
    public void Wrong_inputs_and_destinations_are_errors_that_say_what_was_wrong()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        using Workspace caller = _manager.Lease(new() { Name = "caller" });
        Tensor destination = Tensor.Zeros([6, 5]);
        Assert.Throws<ShapeException>(() => callable.Run(Tensor.Zeros([6, 11]), destination));
        Assert.Contains("[5, 6]", Assert.Throws<ShapeException>(() => callable.Run(_x, Tensor.Zeros([5, 6]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => callable.Run(_x, Tensor.Zeros([6, 5], DType.F64)));
        Assert.Contains("29", Assert.Throws<ArgumentException>(() => callable.Run(_x, new float[29].AsSpan())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => callable.Run(_x, new int[30].AsSpan()));
        Assert.Throws<ShapeException>(() => callable.Run<float, float>(new float[71], [6, 12], new float[30]));
        Assert.Contains("2 inputs", Assert.Throws<ArgumentException>(() => callable.Run([_x, _x], destination)).Message, StringComparison.Ordinal);
        Assert.Throws<StaleAccessException>(() => callable.Run(default(Tensor), destination));
        Assert.Throws<StaleAccessException>(() => callable.Run(_x, default(Tensor)));
        callable.Run(_x, destination);
        Assert.Equal(_expected, destination.ToArray<float>());
    }

    [Fact]
    public void The_models_own_workspace_does_not_receive_results()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        using Workspace same = _manager.Lease(_configuration);
        Assert.Contains($"'{Name}'", Assert.Throws<WorkspaceException>(() => callable.Run(_x)).Message, StringComparison.Ordinal);
        Tensor destination = Tensor.Zeros([6, 5]);
        callable.Run(_x, destination);
        Assert.Equal(_expected, destination.ToArray<float>());
    }

    [Fact]
    public void Functions_of_several_inputs_and_outputs_that_are_inputs_work()
    {
        using var sum = new WorkspaceModel(static inputs => inputs[0].Add(inputs[1]), manager: _manager);
        using var identity = new WorkspaceModel(static inputs => inputs[0], manager: _manager);
        using var view = new WorkspaceModel(static inputs => inputs[0].Transpose(), manager: _manager);
        using Workspace caller = _manager.Lease(new() { Name = "caller" });
        Tensor a = Tensor.From<float>([1, 2, 3, 4], [2, 2]), b = Tensor.Ones([2, 2]);
        Assert.Equal([2, 3, 4, 5], sum.Run([a, b]).ToArray<float>());
        Tensor same = identity.Run(a);
        Assert.True(a.IsAlive);
        Assert.False(same == a);
        Assert.Equal([1, 3, 2, 4], view.Run(a).ToArray<float>());
        sum.Run([a, b], a);
        Assert.Equal([2, 3, 4, 5], a.ToArray<float>());
        Assert.NotEqual(sum.Name, identity.Name);
    }

    [Fact]
    public void A_model_that_reads_values_learns_while_it_runs()
    {
        using var callable = new WorkspaceModel(static inputs => inputs[0].Sum().Item() > 0 ? inputs[0].Add(1) : inputs[0].Add(2), _configuration, _manager);
        for (int i = 0; i < 3; i++)
        {
            using Tensor result = callable.Run(_x);
            Assert.Equal(_x.Shape, result.Shape);
        }

        Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.NotTracedOnShapes);
    }

    [Fact]
    public void Training_goes_on_around_calls_whose_results_carry_no_gradient()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        Assert.False(_model.IsTraining);
        _model.Train();
        using Workspace step = _manager.Lease(new() { Name = "step" });
        using Pass pass = step.Enter();
        Tensor loss = _model.Forward(_x).Sum();
        Tensor answer = callable.Run(_x);
        Assert.False(answer.RequiresGrad);
        loss.Backward();
        Assert.All(_model.Parameters, static parameter => Assert.NotNull(parameter.Grad));
        Assert.Equal(_expected, answer.ToArray<float>());
    }

    [Fact]
    public void A_call_inside_a_traced_pass_is_traced_with_it()
    {
        using WorkspaceModel callable = _model.InWorkspace(_configuration);
        using Workspace step = _manager.Lease(new() { Name = "step" });
        using (step.EnterShapes())
        {
            Tensor result = callable.Run(_x);
            Assert.Equal(new Shape(6, 5), result.Shape);
            Assert.Throws<ShapesOnlyException>(() => result.ToArray<float>());
        }

        using Pass pass = step.Enter();
        Assert.Equal(_expected, callable.Run(_x).ToArray<float>());
    }

    [Fact]
    public void Disposed_callables_are_refused_and_give_their_memory_back()
    {
        long before = _manager.Memory.Committed;
        WorkspaceModel callable = _model.InWorkspace();
        callable.Run(_x).Dispose();
        Assert.True(_manager.Memory.Allocated > 0);
        callable.Dispose();
        callable.Dispose();
        Assert.InRange(_manager.Memory.Committed, 0, before); // it may have worked in pages that another workspace had left idle
        Assert.Throws<ObjectDisposedException>(() => callable.Run(_x));
        Assert.Throws<ObjectDisposedException>(() => callable.Trace((DType.F32, [1, 12])));
        Assert.Throws<ConfigurationException>(() => _model.InWorkspace(new() { Name = "Manager" }));
    }

    private static Tensor OutsideZeros(Shape shape)
    {
        Tensor made = default;
        Outside.Run(() => made = Tensor.Zeros(shape));
        return made;
    }

    private static Tensor Input(int rows)
    {
        var values = new float[rows * 12];
        for (int i = 0; i < values.Length; i++) values[i] = (float)Math.Sin(i);
        return Tensor.From<float>(values, [rows, 12]);
    }
}
