using Workspaces.Autograd;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Workspaces.Train;

namespace Workspaces.Tests.Train;

/// <summary>Runs that were stopped and resumed, against runs that were not: every loss and every weight, bit by bit.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ResumeTests
{
    private const string Schedule = "Optimizer:Schedule:Type=Cosine|Optimizer:Schedule:TotalSteps=40|Optimizer:Schedule:WarmUpSteps=4";
    private const string Plateau = "Optimizer:Schedule:Type=ReduceOnPlateau|Optimizer:Schedule:Patience=0|Optimizer:Schedule:Factor=0.5|Optimizer:Schedule:Threshold=0.2";
    private const string Momentum = "Optimizer:Type=Sgd|Optimizer:LearningRate=0.05|Optimizer:Momentum=0.9";

    /// <summary>Run file, settings, steps before the stop, steps in all. An epoch of the digits has 63 batches of 128, or what BatchSize makes of it.</summary>
    public static TheoryData<string, string, int, int> Runs => new()
    {
        { "mnist-mlp", Momentum, 13, 30 },
        { "mnist-mlp", Momentum + "|Data:Workers=2|Data:Prefetch=3", 70, 80 },
        { "mnist-mlp", "Training:AverageDecay=0.9|Training:ClipNorm=1|" + Schedule, 11, 25 },
        { "mnist-mlp", "Training:AccumulationSteps=4|Data:Workers=1", 10, 30 }, // the stop cuts an update off, which is done again
        { "mnist-mlp", "Training:AccumulationSteps=4|" + Momentum, 64, 70 },
        { "mnist-mlp", "Optimizer:Type=RmsProp|Optimizer:LearningRate=0.001|Optimizer:Centered=true|Optimizer:Momentum=0.5|" + Plateau, 130, 140 },
        { "mnist-mlp", "Optimizer:Type=Adagrad|Optimizer:LearningRate=0.01|Optimizer:InitialAccumulator=0.1", 5, 12 },
        { "mnist-mlp", "Optimizer:Type=Lion|Optimizer:LearningRate=0.0003|Optimizer:WeightDecay=0.01", 5, 12 },
        { "mnist-mlp", "Optimizer:AmsGrad=true|Optimizer:Groups:0:Parameters=*.bias|Optimizer:Groups:0:LearningRate=0.01", 5, 12 },
        { "mnist-lenet", "Model:Layers:8:Type=Dropout|Model:Layers:8:Probability=0.3|" + Schedule, 7, 15 },
        { "char-lstm", "Model:Layers:0:Width=24|Model:Layers:1:InputSize=24|Model:Layers:1:HiddenSize=24|Model:Layers:2:InFeatures=24|Data:Length=16|Data:Workers=2", 6, 14 },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_resumed_run_is_the_run_that_was_never_stopped(string file, string settings, int stop, int end)
    {
        using var folder = new TemporaryFolder();
        string[] own = [.. settings.Split('|'), "Training:Epochs=3", "Training:Threads=2"];
        (float[] whole, byte[] weights) = Train(file, [.. own, $"Training:MaxSteps={end}"], null);
        string kept = $"Training:CheckpointFolder={folder.Path}";
        (float[] first, _) = Train(file, [.. own, $"Training:MaxSteps={stop}", kept], null);
        (float[] second, byte[] after) = Train(file, [.. own, $"Training:MaxSteps={end}", kept], folder.Path);
        Assert.Equal(stop, first.Length);
        int from = end - second.Length;
        Assert.InRange(from, stop - 3, stop);
        Assert.Equal(whole, first[..from].Concat(second));
        Assert.Equal(weights, after);
    }

    [Fact]
    public void A_cancelled_run_leaves_a_checkpoint_that_goes_on_with_its_results()
    {
        using var folder = new TemporaryFolder();
        string kept = $"Training:CheckpointFolder={folder.Path}";
        string[] own = ["Training:Epochs=2", "Training:AccumulationSteps=3", "Training:Metrics:0=Top3", kept];
        using TrainingRun whole = Create("mnist-mlp", own[..^1]);
        var expected = new LossObserver();
        TrainResult uninterrupted = whole.Train(expected);
        using (TrainingRun run = Create("mnist-mlp", own))
        {
            using var stop = new CancellationTokenSource();
            TrainResult cancelled = run.Train(new CancellingObserver(stop, atStep: 70), stop.Token);
            Assert.True(cancelled.Cancelled);
            Assert.Equal(72, cancelled.Steps); // the update of batches 70 to 72 is completed
            Assert.Equal(CheckpointFolder.PathOf(folder.Path, 72), cancelled.Checkpoint);
        }

        using TrainingRun resumed = Create("mnist-mlp", own);
        Assert.Equal((72, 1, 9), Place(resumed.Resume(folder.Path)));
        var losses = new LossObserver();
        TrainResult result = resumed.Train(losses);
        Assert.Equal(expected.Losses.Skip(72), losses.Losses);
        Assert.Equal(uninterrupted.Epochs.Select(Numbers), result.Epochs.Select(Numbers));
        Assert.Equal(uninterrupted.Steps, result.Steps);
        Assert.Equal(uninterrupted.Metrics!["Top3"], result.Metrics!["Top3"]);

        static (long, int, int) Place(TrainingPosition position) => (position.Step, position.Epoch, position.Batch);
        static (int, double, double?, double?, double) Numbers(EpochResult epoch) => (epoch.Epoch, epoch.TrainLoss, epoch.TestLoss, epoch.TestAccuracy, epoch.Metrics!["Top3"]);
    }

    [Fact]
    public void The_newest_few_and_the_best_are_kept()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun run = Create(
            "mnist-mlp", "Training:Steps=50", $"Training:CheckpointFolder={folder.Path}", "Training:CheckpointEvery=7", "Training:KeepCheckpoints=2", "Training:ValidateEvery=10");
        TrainResult result = run.Train();
        Assert.Equal(50, result.Steps);
        Assert.Equal([49L, 50L], CheckpointFolder.List(folder.Path).Select(static file => file.Step));
        Assert.Equal(3, Directory.GetFiles(folder.Path).Length);
        Assert.InRange(Checkpoint.Read(Path.Combine(folder.Path, CheckpointFolder.BestName)).Position.Step, 10, 50);
    }

    [Fact]
    public void Another_run_is_refused_with_the_differences_and_nothing_changes()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "c.safetensors");
        using (TrainingRun run = Create("mnist-mlp", "Training:MaxSteps=3"))
        {
            run.Train();
            run.SaveCheckpoint(path);
        }

        using TrainingRun configured = Create("mnist-mlp", "Training:Seed=2", "Data:BatchSize=64", "Training:Epochs=9");
        string said = Assert.Throws<InvalidDataException>(() => configured.Resume(path)).Message;
        Assert.Contains("Data:BatchSize is '128' in it and '64' here", said, StringComparison.Ordinal);
        Assert.Contains("Training:Seed", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Epochs", said, StringComparison.Ordinal);

        using TrainingRun other = Create(
            "mnist-mlp", "Model:Layers:1:OutFeatures=8", "Model:Layers:3:InFeatures=8", "Optimizer:Type=Sgd", "Data:BatchSize=64", "Training:AverageDecay=0.5",
            "Optimizer:Schedule:Type=Exponential", "Optimizer:Schedule:Gamma=0.9");
        byte[] before = Bytes(other.Model);
        said = Assert.Throws<InvalidDataException>(() => other.Trainer.Resume(path)).Message;
        foreach (string part in (string[])["'1.weight' has the shape [512, 784] in it and [8, 784] here", "optimizer: Adam in it and Sgd here", "the batch size: 128 in it and 64 here", "average", "schedule"])
            Assert.Contains(part, said, StringComparison.Ordinal);
        Assert.Equal(before, Bytes(other.Model));
        Assert.Contains("Remedy:", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_checkpoints_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "c.safetensors");
        using TrainingRun run = Create("mnist-mlp", "Model:Layers:1:OutFeatures=8", "Model:Layers:3:InFeatures=8", "Training:MaxSteps=1");
        run.Train();
        run.SaveCheckpoint(path);
        byte[] whole = File.ReadAllBytes(path);
        Assert.Equal(1, Checkpoint.Read(path).Position.Step);

        byte[] changed = [.. whole];
        changed[^5] ^= 1;
        File.WriteAllBytes(path, changed);
        Assert.Contains("bytes have changed", Assert.Throws<InvalidDataException>(() => run.Resume(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, whole[..^100]);
        Assert.Contains("tensor", Assert.Throws<InvalidDataException>(() => run.Resume(path)).Message, StringComparison.Ordinal);
        run.Model.SaveState(path);
        Assert.Contains("without the text", Assert.Throws<InvalidDataException>(() => run.Resume(path)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => run.Resume(folder.Path));
    }

    [Fact]
    public void Parts_are_saved_between_steps_only_and_schedulers_must_say_where_they_stand()
    {
        using var folder = new TemporaryFolder();
        using var manager = new WorkspaceManager();
        using var model = new Sequential(new Linear(4, 3, manager: manager), new Dropout(0.5, seed: 7));
        using var adam = new Adam(model.Parameters);
        var parts = new TrainingParts { Model = model, Optimizer = adam };
        string path = Path.Combine(folder.Path, "c.safetensors");
        using (Workspace workspace = manager.Lease(new WorkspaceConfiguration()))
        {
            using (workspace.Enter()) model.Forward(Tensor.Ones(new Shape(2, 4))).Sum().Backward();
            Assert.Throws<InvalidOperationException>(() => Checkpoint.Save(path, parts));
            adam.Step();
        }

        Checkpoint.Save(path, parts, new TrainingPosition { Step = 5, LossSum = double.NaN });
        Assert.Equal(double.NaN, Checkpoint.Load(path, parts).LossSum);
        using var copy = new Sequential(new Linear(4, 3, manager: manager), new Dropout(0.5, seed: 8));
        CheckpointInfo info = Checkpoint.LoadModel(path, copy);
        Assert.Equal((5L, "Adam", false), (info.Position.Step, info.Optimizer, info.HasAverage));
        Assert.Equal(Bytes(model), Bytes(copy));
        Assert.Throws<ArgumentException>(() => Checkpoint.Save(path, parts with { Scheduler = new OwnScheduler() }));
        Assert.Equal(5, Checkpoint.Read(path).Position.Step);
    }

    private static (float[] Losses, byte[] Weights) Train(string file, string[] settings, string? checkpoint)
    {
        using TrainingRun run = Create(file, settings);
        if (checkpoint is not null) run.Resume(checkpoint);
        var losses = new LossObserver();
        run.Train(losses);
        return ([.. losses.Losses], Bytes(run.Model));
    }

    private static byte[] Bytes(Module model)
    {
        using var memory = new MemoryStream();
        foreach ((_, Tensor value) in model.StateDict()) Workspaces.IO.Npy.Write(memory, value);
        return memory.ToArray();
    }

    private static TrainingRun Create(string file, params string[] settings) =>
        TrainingRun.Create(file == "mnist-lenet" ? LeNet(settings) : RunConfiguration.Load(Path.Combine(TestFolders.Root, "configs", $"{file}.json"), settings));

    /// <summary>With Adam in the place of the file's optimizer, whose keys would stay.</summary>
    private static RunConfiguration LeNet(string[] settings)
    {
        string configs = Path.Combine(TestFolders.Root, "configs");
        var values = new Dictionary<string, string?>(RunConfiguration.Load(Path.Combine(configs, "mnist-lenet.json")).Export());
        values.Remove("Optimizer:Momentum");
        values["Optimizer:Type"] = "Adam";
        values["Optimizer:LearningRate"] = "0.001";
        return RunConfiguration.Load(new RunSources { Values = values, Settings = settings });
    }

    private sealed class OwnScheduler : ILearningRateScheduler
    {
        public void OnStep()
        {
        }

        public void OnEpoch(double loss)
        {
        }
    }
}
