using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.Memory.Pressure;
using Workspaces.Memory.Tracking;
using Workspaces.NN;
using Workspaces.Optim;
using Workspaces.Tests.Budgets;
using Workspaces.Tests.Pressure;
using Workspaces.Train;

namespace Workspaces.Tests.Train;

/// <summary>A step that needs more than there is: an error before it runs where a limit says so, a warning where memory is short, and nothing where it fits.</summary>
[Collection(nameof(AloneCollection))]
public sealed class StepRoomTests : IDisposable
{
    private const int Samples = 256;
    private const int Width = 512;
    private const long ActivationBytes = Samples * Width * sizeof(float);
    private readonly WrittenFiles _files = new();
    private readonly CountingVirtualMemory _pages = new();

    public void Dispose() => Assert.Equal(0, _files.Open);

    [Theory]
    [InlineData(1, true)]
    [InlineData(1 << 20, false)]
    public void Less_memory_than_a_step_needs_is_one_warning_with_the_numbers(long kibi, bool expected)
    {
        Available(kibi);
        using WorkspaceManager manager = Manager(new WorkspaceManagerConfiguration());

        Train(manager, new WorkspaceConfiguration { Name = "step" }, runs: 2);

        Finding[] found = [.. manager.Findings.Where(static finding => finding.Code == FindingCodes.StepAboveMemory)];
        if (!expected)
        {
            Assert.Empty(found);
            return;
        }

        Finding told = Assert.Single(found);
        Assert.Equal((FindingSeverity.Warning, "step"), (told.Severity, told.Workspace));
        Assert.Contains($"A pass (training, {Samples} samples) is about to run, asked by the trainer", told.Text, StringComparison.Ordinal);
        Assert.Contains($"this process can have {kibi << 10} bytes", told.Text, StringComparison.Ordinal);
        Assert.Contains("Remedy: use smaller batches", told.Text, StringComparison.Ordinal);
        Assert.False(FindingCodes.IsLeak(told.Code));
    }

    [Fact]
    public void A_cap_that_spills_to_a_file_needs_no_more_than_itself_and_a_mapped_workspace_nothing()
    {
        using var folder = new IO.TemporaryFolder();
        Available(600);
        using WorkspaceManager manager = Manager(new WorkspaceManagerConfiguration());
        Train(manager, new WorkspaceConfiguration { Name = "capped", MaxSize = 512 << 10, TempFilePath = folder.Path });
        Train(manager, new WorkspaceConfiguration { Name = "mapped", PolicyLocation = LocationPolicy.Mmap, TempFilePath = Path.Combine(folder.Path, "mapped.ws") });
        Assert.DoesNotContain(manager.Findings, static finding => finding.Code == FindingCodes.StepAboveMemory);

        Train(manager, new WorkspaceConfiguration { Name = "free" });
        Assert.Equal("free", Assert.Single(manager.Findings, static finding => finding.Code == FindingCodes.StepAboveMemory).Workspace);
    }

    [Theory]
    [InlineData("Workspaces:Manager:MemoryLimit")]
    [InlineData("Workspaces:Manager:Quotas:step")]
    public void A_limit_below_what_a_step_needs_is_an_error_before_the_step_has_a_byte(string key)
    {
        Available(1 << 20);
        const long limit = ActivationBytes; // the step has two of them at once
        WorkspaceManagerConfiguration configuration = key.EndsWith("step", StringComparison.Ordinal)
            ? new() { Quotas = new Dictionary<string, long> { ["step"] = limit } } : new() { MemoryLimit = limit };
        using WorkspaceManager manager = Manager(configuration);

        var error = Assert.Throws<OutOfWorkspaceException>(() => Train(manager, new WorkspaceConfiguration { Name = "step" }));

        Assert.Contains($"run a pass (training, {Samples} samples), asked by the trainer, in workspace 'step'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{key} is {limit} bytes. Remedy: use smaller batches, raise {key}", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, manager.Budget.Holders.Where(static share => share.Name == "step").Sum(static share => share.UsedBytes));
    }

    [Fact]
    public void A_limit_that_a_step_just_fits_lets_it_run()
    {
        Available(1 << 20);
        using WorkspaceManager manager = Manager(new WorkspaceManagerConfiguration { MemoryLimit = 8 * ActivationBytes });
        Assert.Equal(2, Train(manager, new WorkspaceConfiguration { Name = "step" }).Steps);
    }

    private static TrainResult Train(WorkspaceManager manager, WorkspaceConfiguration step, int runs = 1)
    {
        using var model = new Sequential(new Linear(8, Width, manager: manager), new ReLU(), new Linear(Width, 2, manager: manager));
        model.Initialize(1);
        using var optimizer = new Sgd(model.Parameters, 0.1);
        using var loader = new DataLoader(DataSets.OfArrays("rows", new float[2 * Samples * 8], [8], new long[2 * Samples], 2), Samples, manager: manager);
        TrainResult? result = null;
        for (int i = 0; i < runs; i++) result = new Trainer(model, new CrossEntropyLoss().Forward, optimizer, loader, null, new TrainerOptions { Step = step }, manager).Run();
        return result!;
    }

    private void Available(long kibi) => _files["/proc/meminfo"] = $"MemTotal: 99999999 kB\nMemAvailable: {kibi} kB\n";

    private WorkspaceManager Manager(WorkspaceManagerConfiguration configuration) =>
        new(configuration, null, null, shapesOnly: false, new ManagerSurroundings(TimeProvider.System, _files, _pages));
}
