using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Train;

namespace Workspaces.Tests.Train;

/// <summary>Whole training runs from run files, on the digits that ship.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TrainingTests
{
    private static readonly string[] Small = ["Model:Layers:1:OutFeatures=64", "Model:Layers:3:InFeatures=64", "Model:Layers:3:OutFeatures=32", "Model:Layers:5:InFeatures=32"];

    [Fact]
    public void The_shipped_run_reaches_94_5_percent_on_the_shipped_digits()
    {
        using TrainingRun run = Create();

        TrainResult result = run.Train();

        Assert.Equal(630, result.Steps);
        Assert.Equal(10, result.Epochs.Count);
        Assert.True(result.TestAccuracy >= 0.945, $"accuracy {result.TestAccuracy}");
        Assert.Equal(0, run.Manager.Persistent.DeferredGradientBytes);
    }

    [Fact]
    public void The_same_seed_gives_bit_equal_losses_with_workspaces_on_and_off_and_for_any_thread_count()
    {
        float[] on = Losses("Workspaces:step:WorkspaceMode=Enabled", "Training:Threads=1");
        float[] off = Losses("Workspaces:step:WorkspaceMode=None", "Training:Threads=1");
        float[] allOff = Losses("Workspaces:Manager:WorkspaceMode=None", "Training:Threads=2");
        float[] otherSeed = Losses("Training:Seed=2");

        Assert.Equal(126, on.Length);
        Assert.All(on, loss => Assert.True(float.IsFinite(loss)));
        Assert.Equal(on, off);
        Assert.Equal(on, allOff);
        Assert.NotEqual(on, otherSeed);
    }

    [Fact]
    public void Twenty_epochs_grow_neither_the_arena_nor_the_process_nor_the_managed_heap()
    {
        var growth = new GrowthObserver();
        using TrainingRun run = Create([.. Small, "Training:Epochs=20"]);

        run.Train(growth);

        Assert.Equal(20, growth.Committed.Count);
        Assert.All(growth.Committed.Skip(1), bytes => Assert.Equal(growth.Committed[0], bytes));
        Assert.True(growth.Heap.Skip(1).Max() - growth.Heap[0] < 64 << 10, $"live managed bytes: {string.Join(", ", growth.Heap)}");
        Assert.True(growth.Resident.Skip(2).Max() - growth.Resident[1] < 8 << 20, $"resident bytes: {string.Join(", ", growth.Resident)}");
    }

    [Fact]
    public void A_cancelled_run_stops_between_steps_and_can_be_continued()
    {
        using var stop = new CancellationTokenSource();
        var observer = new CancellingObserver(stop, atStep: 5);
        using TrainingRun run = Create(Small);

        TrainResult first = run.Train(observer, stop.Token);

        Assert.True(first.Cancelled);
        Assert.Equal(5, first.Steps);
        Assert.Empty(first.Epochs);
        TrainResult second = run.Train();
        Assert.False(second.Cancelled);
        Assert.True(second.TestAccuracy > 0.8);
    }

    [Fact]
    public void MaxSteps_ends_training_within_an_epoch()
    {
        using TrainingRun run = Create([.. Small, "Training:MaxSteps=70"]);
        Assert.Equal(70, run.Train().Steps);
    }

    [Fact]
    public void A_cap_below_need_fails_with_the_numbers_and_frees_everything()
    {
        using TrainingRun run = Create("Workspaces:step:MaxSize=256 KiB", "Workspaces:step:PolicySpill=Fail");

        var error = Assert.Throws<OutOfWorkspaceException>(() => run.Train());

        Assert.Contains("in pass 2 of workspace 'step'", error.By, StringComparison.Ordinal);
        Assert.Contains("MaxSize is 262144 bytes", error.Numbers, StringComparison.Ordinal);
        Assert.Contains("Workspaces:step:MaxSize", error.Remedy, StringComparison.Ordinal);
        using Workspace other = run.Manager.Lease(new WorkspaceConfiguration { Name = "other" });
        using Block block = other.MemoryManager.Allocate(1 << 20);
        Assert.True(block.IsAlive);
    }

    [Fact]
    public void A_cap_that_is_enough_changes_nothing()
    {
        float[] free = Losses();
        float[] capped = Losses("Workspaces:step:MaxSize=16 MiB", "Workspaces:step:PolicySpill=Fail");
        Assert.Equal(free, capped);
    }

    private static float[] Losses(params string[] settings)
    {
        var losses = new LossObserver();
        using TrainingRun run = Create([.. Small, "Training:Epochs=2", .. settings]);
        run.Train(losses);
        return [.. losses.Losses];
    }

    private static TrainingRun Create(params string[] settings) =>
        TrainingRun.Create(RunConfiguration.Load(Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json"), settings));
}
