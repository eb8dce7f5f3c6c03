using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Optim;

namespace Workspaces.Tests.Configuration;

/// <summary>Layers of layers in run files, and that nothing of the library is missing there.</summary>
public sealed class ContainerComponentTests
{
    private readonly Components _components = new();

    [Theory]
    [InlineData("Sequential", typeof(Sequential), "0.weight 0.bias 2.weight 2.bias")]
    [InlineData("Residual", typeof(Residual), "inner.0.weight inner.0.bias inner.2.weight inner.2.bias")]
    [InlineData("Recomputed", typeof(Recomputed), "inner.0.weight inner.0.bias inner.2.weight inner.2.bias")]
    public void A_container_holds_the_layers_of_its_list(string type, Type expected, string names)
    {
        using Module module = Make($$"""
            { "Type": "{{type}}", "Layers": [
              { "Type": "Linear", "InFeatures": 3, "OutFeatures": 4 }, { "Type": "Tanh" }, { "Type": "Linear", "InFeatures": 4, "OutFeatures": 3 } ] }
            """);
        Assert.IsType(expected, module);
        Assert.Equal(names, string.Join(' ', module.Parameters.Select(static parameter => parameter.Name)));
    }

    [Fact]
    public void Containers_nest()
    {
        using Module module = Make("""
            { "Type": "Recomputed", "Layers": [ { "Type": "Residual", "Layers": [ { "Type": "Linear", "InFeatures": 3, "OutFeatures": 3 } ] }, { "Type": "ReLU" } ] }
            """);
        Assert.Equal(["inner.0.inner.0.weight", "inner.0.inner.0.bias"], module.Parameters.Select(static parameter => parameter.Name));
    }

    [Fact]
    public void All_problems_of_inner_layers_are_told_at_once_with_their_paths()
    {
        var error = Assert.Throws<ConfigurationException>(() => Make("""
            { "Type": "Recomputed", "Depth": 1, "Layers": [
              { "Type": "Linear", "InFeatures": 0, "OutFeatures": 4 }, { "Type": "Residual", "Layers": [ { "Type": "Liner" } ] }, { "Type": "Residual" } ] }
            """));
        Assert.Equal(
            ["Layer:Depth", "Layer:Layers:0:InFeatures", "Layer:Layers:1:Layers:0:Type", "Layer:Layers:2:Layers"],
            error.Problems.Select(static problem => problem.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_had_been_made_is_disposed_when_a_later_inner_layer_is_refused()
    {
        using var workspace = WorkspaceManager.Create(new());
        long before = workspace.Manager.Persistent.ParameterBytes;
        var error = Assert.Throws<ConfigurationException>(() => Make("""
            { "Type": "Sequential", "Layers": [ { "Type": "Linear", "InFeatures": 3, "OutFeatures": 4 }, { "Type": "GroupNorm", "NumGroups": 2, "NumChannels": 3 } ] }
            """));
        Assert.Equal("Layer:Layers:1", Assert.Single(error.Problems).Path);
        Assert.Equal(before, workspace.Manager.Persistent.ParameterBytes);
    }

    [Fact]
    public void A_layer_in_a_container_that_does_not_fit_is_named_with_its_path()
    {
        RunConfiguration run = RunConfiguration.Load(Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json"),
        [
            "Model:Layers:2:Type=Recomputed", "Model:Layers:2:Layers:0:Type=ReLU", "Model:Layers:2:Layers:1:Type=Linear", "Model:Layers:2:Layers:1:InFeatures=5",
            "Model:Layers:2:Layers:1:OutFeatures=5",
        ]);
        using TrainingRun training = TrainingRun.CreateForShapes(run);
        var error = Assert.Throws<ConfigurationException>(() => training.Forecast());
        Assert.Equal("Model:Layers:2:Layers:1", Assert.Single(error.Problems).Path);
        Assert.Contains("the layer Linear", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Modules that a run file does not name, and why.</summary>
    private static readonly Dictionary<string, string> NotInFiles = new()
    {
        [nameof(ModuleList)] = "it does not say how its modules belong together",
    };

    [Fact]
    public void Every_module_is_a_component()
    {
        string[] modules = [.. typeof(Module).Assembly.GetExportedTypes()
            .Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(Module))).Select(static type => type.Name)];
        Assert.True(modules.Length > 40, $"{modules.Length} modules were found.");
        Assert.Equal("", string.Join(", ", modules.Except(_components.Layers.Names).Except(NotInFiles.Keys)));
        Assert.Equal("", string.Join(", ", _components.Layers.Names.Except(modules)));
    }

    [Fact]
    public void Every_loss_optimizer_and_schedule_is_a_component()
    {
        Type[] types = typeof(Module).Assembly.GetExportedTypes();
        string[] losses = [.. types
            .Where(static type => type.Namespace == "Workspaces.NN" && type.Name.EndsWith("Loss", StringComparison.Ordinal)).Select(static type => type.Name[..^4])];
        string[] optimizers = [.. types.Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(Optimizer))).Select(static type => type.Name)];
        string[] schedules =
        [
            .. types.Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(LearningRateSchedule)))
                .Select(static type => type.Name.Replace("Schedule", "", StringComparison.Ordinal)),
            .. types.Where(static type => type is { IsAbstract: false, IsInterface: false }
                && typeof(ILearningRateScheduler).IsAssignableFrom(type) && type != typeof(LearningRateScheduler))
                .Select(static type => type.Name),
        ];
        Assert.True(losses.Length > 7 && optimizers.Length > 5 && schedules.Length > 5);
        Assert.Equal(losses.Order(StringComparer.OrdinalIgnoreCase), _components.Losses.Names);
        Assert.Equal(optimizers.Order(StringComparer.OrdinalIgnoreCase), _components.Optimizers.Names);
        Assert.Equal(schedules.Order(StringComparer.OrdinalIgnoreCase), _components.Schedules.Names);
    }

    private Module Make(string json) => _components.Layers.Create(TestJson.Section("Layer", json));
}
