using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>Names, lists, modes and lifetimes of modules.</summary>
public sealed class ModuleTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    private Linear Layer(int size = 2, ulong? seed = null) => new(size, size, seed: seed, manager: _manager);

    private static IEnumerable<string> Names(Module module) => module.Parameters.Select(static parameter => parameter.Name);

    [Fact]
    public void Parameters_have_dotted_names_in_the_order_of_registration()
    {
        using Sequential model = [Layer(), new ReLU(), new Sequential(Layer(), new Sequential(Layer()))];
        Assert.Equal(["0.weight", "0.bias", "2.0.weight", "2.0.bias", "2.1.0.weight", "2.1.0.bias"], Names(model));
        Assert.Equal("2.1.0.weight", model.Parameters[4].Value.Name);
        Assert.Equal("Sequential", model.Name);
        Assert.Equal("2.1", ((Sequential)model[2])[1].Name);
    }

    [Fact]
    public void What_is_added_later_deep_inside_is_listed_and_named_by_its_path()
    {
        var inner = new Sequential();
        using Sequential model = [Layer(), inner];
        Assert.Equal(2, model.Parameters.Count);
        Assert.Same(model.Parameters, model.Parameters);
        inner.Add(Layer());
        Assert.Equal(["0.weight", "0.bias", "1.0.weight", "1.0.bias"], Names(model));
    }

    [Fact]
    public void A_shared_module_keeps_its_first_name_and_counts_once()
    {
        Linear shared = Layer();
        using Sequential model = [shared, new ReLU(), shared];
        using Sequential other = [new ReLU(), new Sequential(shared)];
        Assert.Equal(["0.weight", "0.bias"], Names(model));
        Assert.Equal(["0.weight", "0.bias"], Names(other));
        Assert.Equal(6, model.ParameterCount);
        using Workspace workspace = _manager.Lease(new());
        Tensor x = Tensor.Ones(new Shape(1, 2));
        Assert.Equal(shared.Forward(shared.Forward(x).Relu()).ToArray<float>(), model.Forward(x).ToArray<float>());
    }

    [Fact]
    public void Modes_reach_all_modules_and_those_added_later()
    {
        var dropout = new Dropout();
        using Sequential model = [new ReLU(), new Sequential(dropout)];
        Assert.True(dropout.IsTraining);
        model.Eval();
        Assert.False(dropout.IsTraining);
        var late = new Dropout();
        model.Add(late);
        Assert.False(late.IsTraining);
        model.Train();
        Assert.True(late.IsTraining && dropout.IsTraining);
    }

    [Fact]
    public void A_model_prints_its_structure_and_counts()
    {
        using Sequential model = [new Linear(784, 128, manager: _manager), new ReLU(), new Sequential(new Dropout(0.25), new Linear(128, 10, bias: false, manager: _manager))];
        Assert.Equal(
            """
            Sequential: 101,760 parameters
              0 Linear(784 → 128): 100,480
              1 ReLU
              2 Sequential: 1,280
                0 Dropout(0.25)
                1 Linear(128 → 10, no bias): 1,280
            """.ReplaceLineEndings("\n"), model.ToString());
        Assert.Equal(101_760, model.ParameterCount);
    }

    [Fact]
    public void Disposing_frees_parameters_and_gradients_and_may_be_repeated()
    {
        Sequential model = [Layer(), Layer()];
        using (Workspace workspace = _manager.Lease(new()))
        {
            model.Forward(Tensor.Ones(new Shape(1, 2))).Backward(Tensor.Ones(new Shape(1, 2)));
        }

        Assert.True(_manager.Persistent.ParameterBytes > 0 && _manager.Persistent.GradientBytes > 0);
        model.Dispose();
        model.Dispose();
        Assert.Equal(0, _manager.Persistent.ParameterBytes);
        Assert.Equal(0, _manager.Persistent.GradientBytes);
        Assert.Equal(0, _manager.Persistent.DeferredGradientBytes);
    }

    [Fact]
    public void Wrong_registrations_are_refused()
    {
        using Sequential outer = [new ReLU()];
        using Sequential inner = [outer];
        Assert.Throws<InvalidOperationException>(() => outer.Add(inner));
        Assert.Throws<InvalidOperationException>(() => outer.Add(outer));
        Assert.Throws<ArgumentNullException>(() => outer.Add(null!));
        Assert.Throws<ArgumentException>(() => new Custom("a.b", "c"));
        Assert.Throws<ArgumentException>(() => new Custom("", "c"));
        Assert.Throws<InvalidOperationException>(() => new Custom("a", "a"));
        Assert.Single(outer);
    }

    [Fact]
    public void Initialize_gives_equal_models_and_a_later_layer_changes_no_other()
    {
        using Sequential a = [Layer(8), new ReLU(), Layer(8)];
        using Sequential b = [Layer(8), new ReLU(), Layer(8), new ReLU(), Layer(8)];
        a.Initialize(5);
        b.Initialize(5);
        for (int i = 0; i < a.Parameters.Count; i++) Assert.Equal(Values(a, i), Values(b, i));
        Assert.NotEqual(Values(b, 0), Values(b, 2));
        Assert.NotEqual(Values(b, 1), Values(b, 3));
        a.Initialize(6);
        Assert.NotEqual(Values(a, 0), Values(b, 0));
    }

    [Fact]
    public void Equal_seeds_give_equal_layers_and_no_seed_different_ones()
    {
        using Linear a = Layer(8, 3), b = Layer(8, 3), c = Layer(8, 4), d = Layer(8), e = Layer(8), upper = Layer(8, 3 + (1UL << 32));
        Assert.Equal(Values(a, 0), Values(b, 0));
        Assert.Equal(Values(a, 1), Values(b, 1));
        Assert.NotEqual(Values(a, 0), Values(c, 0));
        Assert.NotEqual(Values(a, 0), Values(upper, 0));
        Assert.NotEqual(Values(d, 0), Values(e, 0));
        using Linear again = Layer(8, d.Seed);
        Assert.Equal(Values(d, 0), Values(again, 0));
        Assert.NotEqual(Values(a, 0)[..8], Values(a, 1));
    }

    [Fact]
    public void Single_and_double_precision_start_alike()
    {
        using var single = new Linear(10, 4, seed: 1, manager: _manager);
        using var twice = new Linear(10, 4, dtype: DType.F64, seed: 1, manager: _manager);
        Assert.Equal(single.Weight.Value.ToArray<float>(), twice.Weight.Value.ToArray<double>().Select(static value => (float)value));
    }

    [Fact]
    public void A_layer_with_impossible_sizes_or_settings_leaves_nothing_behind()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(0, 1, manager: _manager));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(1, -1, manager: _manager));
        Assert.Throws<ArgumentException>(() => new Linear(1, 1, dtype: DType.I32, manager: _manager));
        Assert.Throws<ArgumentException>(() => new Linear(4, 4, biasInitializer: new KaimingNormal(), manager: _manager));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(double.NaN));
        Assert.Equal(0, _manager.Persistent.ParameterBytes);
    }

    private static float[] Values(Module module, int parameter) => module.Parameters[parameter].Value.ToArray<float>();

    private sealed class Custom : Module
    {
        public Custom(string first, string second)
        {
            Register(first, new ReLU());
            Register(second, new ReLU());
        }

        public override Tensor Forward(Tensor input) => input;
    }
}
