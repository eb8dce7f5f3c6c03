using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Optim;
using Workspaces.Train;

namespace Workspaces.Tests.Configuration;

/// <summary>Optimizers, groups, schedules and averages from run files.</summary>
[Collection(nameof(AloneCollection))]
public sealed class OptimizerConfigurationTests
{
    private static readonly string[] Small =
        ["Model:Layers:1:OutFeatures=16", "Model:Layers:3:InFeatures=16", "Model:Layers:3:OutFeatures=16", "Model:Layers:5:InFeatures=16", "Training:Threads=1"];

    public static TheoryData<string, string[]> Optimizers => new()
    {
        { "Sgd", ["Momentum=0.9", "Dampening=0.1", "WeightDecay=0.01"] },
        { "Adam", ["AmsGrad=true"] },
        { "AdamW", [] },
        { "RMSprop", ["Alpha=0.9", "Centered=true", "Momentum=0.5", "Epsilon=1e-6"] },
        { "Adagrad", ["LearningRateDecay=0.01", "InitialAccumulator=0.1"] },
        { "Lion", ["Beta1=0.95", "Beta2=0.98", "WeightDecay=0.1"] },
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_trains_from_a_file_in_the_memory_that_was_predicted(string type, string[] options)
    {
        RunConfiguration configuration = Load(
            [$"Optimizer:Type={type}", "Optimizer:LearningRate=0.0005", .. options.Select(static option => $"Optimizer:{option}"), "Training:MaxSteps=5",
                "Training:AccumulationSteps=2", "Training:ClipNorm=1", "Training:ClipValue=0.5", "Training:AverageDecay=0.9", "Optimizer:Schedule:Type=Cosine",
                "Optimizer:Groups:0:MaxRank=1", "Optimizer:Groups:0:WeightDecay=0"]);
        using TrainingRun shapes = TrainingRun.CreateForShapes(configuration), real = TrainingRun.Create(configuration);
        MemoryForecast forecast = shapes.Forecast();
        TrainResult result = real.Train();
        Assert.Equal(5, result.Steps);
        Assert.Equal(2, real.Optimizer.StepCount);
        Assert.Equal(2, real.Average!.UpdateCount);
        Assert.Equal(0, shapes.Manager.Memory.Committed);
        Assert.Equal(real.Manager.Persistent.StateBytes, forecast.OptimizerBytes);
        Assert.Equal(real.Manager.Persistent.GradientBytes, forecast.GradientBytes);
        Assert.Contains(result.Memory.ArenaPeakBytes, forecast.Passes.Select(static pass => pass.PlannedBytes));
        Assert.True(double.IsFinite(result.TrainLoss));
        Assert.Equal(type, real.Optimizer.GetType().Name, ignoreCase: true);
    }

    [Fact]
    public void Groups_take_parameters_by_name_and_rank_the_first_that_fits_wins()
    {
        using TrainingRun run = Create(
            "Optimizer:WeightDecay=0.5", "Optimizer:Groups:0:Parameters=5.*", "Optimizer:Groups:0:LearningRate=0.125", "Optimizer:Groups:1:MaxRank=1",
            "Optimizer:Groups:1:WeightDecay=0");
        IReadOnlyList<ParameterGroup> groups = run.Optimizer.Groups;
        Assert.Equal(["1.weight 3.weight", "5.weight 5.bias", "1.bias 3.bias"], groups.Select(static group => string.Join(' ', group.Parameters.Select(static p => p.Name))));
        Assert.Equal([(0.001, 0.5), (0.125, 0.5), (0.001, 0)], groups.Select(static group => (group.LearningRate, group.WeightDecay)));
    }

    [Fact]
    public void Groups_have_every_number_of_their_optimizer()
    {
        using (TrainingRun run = Create("Optimizer:Type=Sgd", "Optimizer:Groups:0:MaxRank=1", "Optimizer:Groups:0:Momentum=0.5", "Optimizer:Groups:0:Dampening=0.25"))
            Assert.Equal((0.5, 0.25), (run.Optimizer.Groups[1]["Momentum"], run.Optimizer.Groups[1]["Dampening"]));
        using (TrainingRun run = Create("Optimizer:Type=Sgd", "Optimizer:Groups:0:Parameters=*", "Optimizer:Groups:0:Momentum=0.5", "Training:MaxSteps=2"))
        {
            Assert.Equal(0.5, run.Optimizer.Groups[0]["Momentum"]);
            run.Train();
            Assert.True(run.Manager.Persistent.StateBytes > 0);
        }

        using (TrainingRun run = Create("Optimizer:Type=AdamW", "Optimizer:Groups:0:MaxRank=1", "Optimizer:Groups:0:Beta1=0.5", "Optimizer:Groups:0:Epsilon=1e-6"))
            Assert.Equal((0.5, 1e-6), (run.Optimizer.Groups[1]["Beta1"], run.Optimizer.Groups[1]["Epsilon"]));
        var error = Assert.Throws<ConfigurationException>(() => Create("Optimizer:Type=AdamW", "Optimizer:Groups:0:MaxRank=1", "Optimizer:Groups:0:Momentum=0.5"));
        Assert.Equal("Optimizer:Groups:0", Assert.Single(error.Problems).Path);
        Assert.Contains("Beta1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_may_hold_all_parameters()
    {
        using TrainingRun run = Create(
            "Optimizer:Groups:0:Parameters=*", "Optimizer:Groups:0:MaxRank=1", "Optimizer:Groups:0:LearningRate=0.5", "Optimizer:Groups:1:Parameters=*.weight",
            "Optimizer:Groups:1:WeightDecay=0.25");
        Assert.Equal([(0.5, 0), (0.001, 0.25)], run.Optimizer.Groups.Select(static group => (group.LearningRate, group.WeightDecay)));
    }

    [Theory]
    [InlineData("Step", "Every=2", "Gamma=0.5", "Per=Step")]
    [InlineData("MultiStep", "Milestones:0=1", "Milestones:1=3", "Gamma=0.1")]
    [InlineData("Exponential", "Gamma=0.9", "Per=Step")]
    [InlineData("Cosine", "WarmUpSteps=2", "Minimum=1e-5", "WarmUpStart=0.1")]
    [InlineData("OneCycle", "RiseShare=0.5", "Divisor=10", "Linear=true")]
    [InlineData("ReduceOnPlateau", "Patience=0", "Threshold=1", "Factor=0.5")]
    public void Every_schedule_changes_the_rate_of_a_run(string type, params string[] options)
    {
        using TrainingRun run = Create(
            [$"Optimizer:Schedule:Type={type}", .. options.Select(static option => $"Optimizer:Schedule:{option}"), "Data:BatchSize=1024", "Training:Epochs=2"]);
        run.Train();
        Assert.NotEqual(0.001, run.Optimizer.LearningRate);
    }

    [Fact]
    public void A_cosine_without_a_length_ends_with_the_run()
    {
        using TrainingRun run = Create("Optimizer:Schedule:Type=Cosine", "Data:BatchSize=1024", "Training:Epochs=3", "Training:AccumulationSteps=3");
        run.Train();
        Assert.Equal(0, run.Optimizer.LearningRate, 1e-15);
    }

    [Theory]
    [InlineData("Optimizer:Schedule", "Optimizer:Schedule:Type=Cosine", "Optimizer:Schedule:WarmUpSteps=100000")]
    [InlineData("Optimizer:Schedule:Type", "Optimizer:Schedule:Type=Cosin")]
    [InlineData("Optimizer:Schedule:Type", "Optimizer:Schedule:Gamma=1")]
    [InlineData("Optimizer:Schedule:Gama", "Optimizer:Schedule:Type=Step", "Optimizer:Schedule:Gama=1")]
    [InlineData("Optimizer:Schedule:Per", "Optimizer:Schedule:Type=Step", "Optimizer:Schedule:Per=Week")]
    [InlineData("Optimizer:Schedule:Milestones", "Optimizer:Schedule:Type=MultiStep")]
    [InlineData("Optimizer:Schedule", "Optimizer:Schedule:Type=MultiStep", "Optimizer:Schedule:Milestones:0=3", "Optimizer:Schedule:Milestones:1=2")]
    [InlineData("Optimizer:Groups:0", "Optimizer:Groups:0:WeightDecay=0")]
    [InlineData("Optimizer:Groups:0", "Optimizer:Groups:0:MaxRank=1")]
    [InlineData("Optimizer:Groups:0", "Optimizer:Groups:0:Parameters=*.gain", "Optimizer:Groups:0:WeightDecay=0")]
    [InlineData("Optimizer:Groups:0:LearningRate", "Optimizer:Groups:0:MaxRank=1", "Optimizer:Groups:0:LearningRate=-1")]
    [InlineData("Optimizer:Groups:0:Weightdecay2", "Optimizer:Groups:0:MaxRank=1", "Optimizer:Groups:0:Weightdecay2=1")]
    [InlineData("Optimizer:Dampening", "Optimizer:Type=Sgd", "Optimizer:Dampening=2")]
    [InlineData("Optimizer", "Optimizer:Type=Sgd", "Optimizer:Nesterov=true")]
    [InlineData("Training:AccumulationSteps", "Training:AccumulationSteps=0")]
    [InlineData("Training:ClipNorm", "Training:ClipNorm=-1")]
    [InlineData("Training:ClipValue", "Training:ClipValue=NaN")]
    [InlineData("Training:AverageDecay", "Training:AverageDecay=1")]
    public void What_is_wrong_is_said_with_its_path(string path, params string[] settings)
    {
        var error = Assert.Throws<ConfigurationException>(() => Create(settings).Dispose());
        Assert.Contains(path, error.Problems.Select(static problem => problem.Path), StringComparer.OrdinalIgnoreCase);
        Assert.All(error.Problems, static problem => Assert.False(string.IsNullOrWhiteSpace(problem.Remedy)));
    }

    private static RunConfiguration Load(params string[] settings) =>
        RunConfiguration.Load(Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json"), [.. Small, .. settings]);

    private static TrainingRun Create(params string[] settings) => TrainingRun.Create(Load(settings));
}
