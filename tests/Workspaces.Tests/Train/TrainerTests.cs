using System.Text.Json;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Tests.Cli;
using Workspaces.Tests.IO;
using Workspaces.Train;

namespace Workspaces.Tests.Train;

/// <summary>Steps, validation within epochs, early stopping and history.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TrainerTests
{
    private static readonly string RunFile = Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json");
    private static readonly string[] Small = ["Model:Layers:1:OutFeatures=16", "Model:Layers:3:InFeatures=16", "Model:Layers:3:OutFeatures=16", "Model:Layers:5:InFeatures=16"];

    [Fact]
    public void Steps_say_how_long_and_validation_comes_within_epochs()
    {
        var seen = new Validations();
        TrainResult result = Train(seen, "Training:Steps=100", "Training:ValidateEvery=20", "Training:Metrics:0=Accuracy", "Training:Metrics:1=Perplexity");
        Assert.Equal((100L, 2), (result.Steps, result.Epochs.Count));
        Assert.Equal([20L, 40, 60, 80], seen.All.Where(static validation => validation.Step < 100).Select(static validation => validation.Step));
        Assert.All(seen.All, static validation => Assert.Equal(validation.Accuracy!.Value, validation.Metrics!["Accuracy"], 12));
        Assert.All(seen.All, static validation => Assert.Equal(Math.Exp(validation.Loss), validation.Metrics!["Perplexity"], 1e-3 * Math.Exp(validation.Loss)));
        Assert.Equal(result.TestAccuracy!.Value, result.Metrics!["Accuracy"], 12);
    }

    [Fact]
    public void Looking_at_the_test_samples_within_epochs_changes_no_loss()
    {
        LossObserver plain = new(), watched = new();
        Train(plain, "Training:Steps=70");
        Train(watched, "Training:Steps=70", "Training:ValidateEvery=9", "Training:Metrics:0=ConfusionMatrix");
        Assert.Equal(plain.Losses, watched.Losses);
    }

    [Fact]
    public void A_run_that_gets_no_better_stops_early()
    {
        TrainResult result = Train(null, "Training:Epochs=50", "Training:EarlyStopping:Patience=2", "Optimizer:LearningRate=0");
        Assert.True(result.StoppedEarly);
        Assert.Equal(3, result.Epochs.Count);
        result = Train(null, "Training:Epochs=50", "Training:ValidateEvery=10", "Training:EarlyStopping:Patience=2", "Training:Monitor=testaccuracy", "Optimizer:LearningRate=0");
        Assert.Equal((30L, true), (result.Steps, result.StoppedEarly));
        Assert.NotNull(result.TestAccuracy);
        Assert.False(Train(null, "Training:Epochs=2", "Training:EarlyStopping:Patience=1").StoppedEarly);
    }

    [Fact]
    public void Metrics_leave_the_steady_steps_planned_and_a_run_without_them_without_garbage()
    {
        JsonElement plain = TrainAlone("Training:Epochs=4");
        Assert.Equal((0L, 0.0), (plain.GetProperty("deviations").GetInt64(), plain.GetProperty("managed_bytes_per_step").GetDouble()));
        JsonElement measured = TrainAlone("Training:Epochs=4", "Training:Metrics:0=Top2", "Training:EarlyStopping:Patience=3");
        Assert.Equal((0L, "Planned", 0L), (
            measured.GetProperty("deviations").GetInt64(), measured.GetProperty("pass_state").GetString(), measured.GetProperty("learning_peak_bytes").GetInt64()));
        Assert.InRange(measured.GetProperty("managed_bytes_per_step").GetDouble(), 0, 64); // the names and values of one epoch, over its 63 steps
    }

    [Theory]
    [InlineData("history.csv")]
    [InlineData("history.json")]
    public void The_history_has_a_line_for_each_validation_also_of_a_resumed_run(string name)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, name);
        string[] own = ["Training:Epochs=2", "Training:ValidateEvery=50", $"Training:History={path}", $"Training:CheckpointFolder={folder.Path}", "Training:Metrics:0=Top2"];
        Train(null, own);
        Assert.Equal(4, Lines(path));
        using TrainingRun run = Create([.. own, "Training:Epochs=3"]);
        run.Resume(folder.Path);
        run.Train();
        Assert.Equal(4, Lines(path)); // three epochs and the validation at step 150
        Assert.Contains("Top2", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Training:Metrics:0=Acuracy", "Training:Metrics:0")]
    [InlineData("Training:Metrics:0=R2", "Training")]
    [InlineData("Training:Monitor=Luck", "Training")]
    [InlineData("Training:CheckpointEvery=5", "Training:CheckpointEvery")]
    [InlineData("Training:KeepCheckpoints=0", "Training:KeepCheckpoints")]
    [InlineData("Training:EarlyStopping:Patience=0", "Training:EarlyStopping:Patience")]
    [InlineData("Training:EarlyStopping:Pateince=3", "Training:EarlyStopping:Pateince")]
    [InlineData("Training:ValidateEvery=-1", "Training:ValidateEvery")]
    public void Wrong_keys_and_values_name_their_path(string setting, string path)
    {
        var error = Assert.Throws<ConfigurationException>(() => Create(setting).Dispose());
        Assert.Contains(path, error.Problems.Select(static problem => problem.Path));
    }

    [Fact]
    public void A_folder_or_history_that_cannot_be_made_ends_the_run_before_its_first_step()
    {
        using var folder = new TemporaryFolder();
        string taken = folder.Write("taken", [1]);
        foreach (string setting in (string[])[$"Training:CheckpointFolder={taken}", $"Training:History={Path.Combine(folder.Path, "none", "h.csv")}"])
        {
            var steps = new LossObserver();
            Assert.Contains("Remedy:", Assert.ThrowsAny<IOException>(() => Train(steps, setting)).Message, StringComparison.Ordinal);
            Assert.Empty(steps.Losses);
        }
    }

    [Fact]
    public void Several_observers_see_everything()
    {
        LossObserver first = new(), second = new();
        var seen = new Validations();
        TrainResult result = Train(new TrainObservers(first, second, seen), "Training:Steps=12", "Training:ValidateEvery=5");
        Assert.Equal(12, first.Losses.Count);
        Assert.Equal(first.Losses, second.Losses);
        Assert.Equal(2, seen.All.Count);
        Assert.Equal(12, result.Steps);
    }

    private static int Lines(string path) => Path.GetExtension(path) == ".csv"
        ? File.ReadAllLines(path).Length - 1
        : JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetArrayLength();

    private static TrainResult Train(ITrainObserver? observer, params string[] settings)
    {
        using TrainingRun run = Create(settings);
        return run.Train(observer);
    }

    private static JsonElement TrainAlone(params string[] settings) =>
        OwnProcess.RunJson(["train", RunFile, .. Small.Concat(settings).SelectMany(static setting => new[] { "--set", setting })]);

    private static TrainingRun Create(params string[] settings) => TrainingRun.Create(RunConfiguration.Load(RunFile, [.. Small, .. settings]));

    private sealed class Validations : SilentObserver, ITrainObserver
    {
        internal List<Validation> All { get; } = [];

        public void OnValidation(in Validation validation) => All.Add(validation);
    }
}
