using System.Diagnostics;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Xunit.Abstractions;

namespace Workspaces.Tests.Soak;

/// <summary>
/// Passes of mixed shapes in constant memory: a million, or more when <see cref="SoakTime"/> says so.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int PassesOfASoak = 1_000_000, WarmUp = 100_000, PassesOfALease = 2_000, Kinds = 24;
    private const long MostBytesMore = 24L << 20, MostManagedBytesMore = 2L << 20;

    /// <summary>The runtime and the test host start threads and open pipes as they like; what leaks with a lease would be hundreds.</summary>
    private const int MostThreadsMore = 8;

    /// <summary>
    /// In a control group that limits memory, the collector keeps some ten files of the system open to read the limits; of ours there is one, of the workspace that spills.
    /// </summary>
    private static readonly int MostHandlesMore = OperatingSystem.IsLinux() ? 12 : 40;

    [Fact]
    [Trait("Category", "Slow")]
    public void A_million_passes_of_mixed_shapes_need_no_more_than_the_first_ones()
    {
        using var folder = new TemporaryFolder();
        using var manager = new WorkspaceManager();
        using var weight = new Parameter(new Shape(16, 16), name: "weight", manager: manager);
        var random = new Random(1);
        var watch = Stopwatch.StartNew();
        long passes = Run(manager, weight, folder, random, WarmUp);
        ProcessSize before = ProcessSize.Measure();
        do passes += Run(manager, weight, folder, random, PassesOfALease);
        while (passes < PassesOfASoak + WarmUp || SoakTime.GoesOn(watch));
        ProcessSize after = ProcessSize.Measure();
        output.WriteLine($"{passes} passes in {watch.Elapsed}: {before}, then {after}");
        Assert.True(after.Resident <= before.Resident + MostBytesMore, $"{before} has become {after}");
        Assert.True(after.Managed <= before.Managed + MostManagedBytesMore, $"{before} has become {after}");
        Assert.True(after.Handles <= before.Handles + MostHandlesMore && after.Threads <= before.Threads + MostThreadsMore, $"{before} has become {after}");
        Assert.Equal(0, manager.Memory.External);
    }

    /// <summary>Leases of three names, one after the other: free, capped with spills into a file, and with lifetimes that end with the last use.</summary>
    private static int Run(WorkspaceManager manager, Parameter weight, TemporaryFolder folder, Random random, int passes)
    {
        WorkspaceConfiguration[] configurations =
        [
            new() { Name = "free" },
            new() { Name = "capped", MaxSize = 24 << 10, TempFilePath = folder.Path },
            new() { Name = "last use", Lifetimes = LifetimePolicy.LastUse },
        ];
        int done = 0;
        while (done < passes)
        {
            using Workspace workspace = manager.Lease(configurations[random.Next(configurations.Length)]);
            for (int i = 0; i < PassesOfALease; i++, done++) Step(workspace, weight, random.Next(Kinds));
        }

        return done;
    }

    /// <summary>One pass of a kind: rows by the kind, now and then a nested pass, lanes, a walk back, an exception.</summary>
    private static void Step(Workspace workspace, Parameter weight, int kind)
    {
        using Pass pass = workspace.Enter(new PassSignature((ulong)kind));
        Tensor x = Tensor.Full([1 + (kind * 3), 16], 0.25), y = x.MatMul(weight.Value);
        using (Tensor h = y.Tanh()) y = h + x;
        if (kind == 5)
        {
            using Pass inner = workspace.Enter();
            _ = x * 2;
        }

        if (kind == 7)
        {
            using Lanes lanes = pass.Fork(2);
            for (int i = 0; i < 2; i++)
            {
                using Pass lane = lanes.Enter(i);
                _ = x + i;
            }
        }

        if (kind % 8 == 3) y.Sum().Backward();
        if (kind == 11) Fail(workspace);
    }

    /// <summary>An exception through a nested pass, now and then.</summary>
    private static void Fail(Workspace workspace)
    {
        try
        {
            using Pass inner = workspace.Enter();
            _ = Tensor.Ones([40]);
            throw new InvalidOperationException("meant to be");
        }
        catch (InvalidOperationException)
        {
        }
    }
}
