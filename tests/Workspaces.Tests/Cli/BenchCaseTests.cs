using Workspaces.Cli.Bench;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Cli;

/// <summary>Measured models are traced on shapes alone when they are made: no step of theirs has to learn its memory.</summary>
public sealed class BenchCaseTests
{
    public static TheoryData<string> Models => [.. BenchCases.Models];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_first_step_of_a_model_runs_from_a_plan(string name)
    {
        using BenchCase measured = BenchCases.Create(name, new BenchSettings());
        Workspace workspace = measured.Workspace!;
        Assert.True(workspace.LastTrace!.Count > 0);
        for (int step = 0; step < 3; step++)
        {
            measured.Step();
            Assert.Equal(WorkspaceState.Planned, workspace.State);
        }

        Assert.Equal(0, workspace.LearningPeakBytes);
        Assert.Equal(0, workspace.Deviations);
        Assert.Equal(0, workspace.Manager.Scratch.PeakBytes);
        Assert.InRange(workspace.PlannedPeakBytes, 1, (long)(1.02 * workspace.LastTrace!.LowerBoundBytes()));
        Assert.DoesNotContain(workspace.Manager.Findings, static finding => finding.Severity != FindingSeverity.Information);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Freed_after_the_last_use_a_model_runs_in_its_lower_bound_exactly(string name)
    {
        using BenchCase measured = BenchCases.Create(name, new BenchSettings { Lifetimes = nameof(LifetimePolicy.LastUse) });
        for (int step = 0; step < 2; step++) measured.Step();
        Assert.Equal(WorkspaceState.Planned, measured.Workspace!.State);
        Assert.Equal(measured.Workspace.LastTrace!.LowerBoundBytes(), measured.Workspace.PlannedPeakBytes);
    }

    [Theory]
    [InlineData("pass:0", 0)]
    [InlineData("pass:1", 1)]
    [InlineData("pass:7", 7)]
    [InlineData("gemm:1x1x1", 1)]
    public void A_measured_pass_asks_for_its_results_alone(string name, int results)
    {
        using BenchCase measured = BenchCases.Create(name, new BenchSettings());
        for (int step = 0; step < 3; step++) measured.Step();
        Assert.Equal(results, measured.Workspace!.LastTrace!.Count);
        Assert.Equal(0, measured.Workspace.Deviations);
        measured.Trace();
        Assert.Equal(results, measured.Workspace.LastTrace!.Count);
        Assert.InRange(measured.StepsAtOnce, 4, 32);
    }

    [Theory]
    [InlineData("64x64x64:nn", 1)]
    [InlineData("7x5x3:nn", 1)]
    [InlineData("33x17x65:nt", 1)]
    [InlineData("65x31x9:tn", 1)]
    [InlineData("9x33x31:tt", 1)]
    [InlineData("1x77x129:nt", 1)]
    [InlineData("128x10x67:tn", 1)]
    [InlineData("1x1x1:nn", 1)]
    [InlineData("131x97x203:nt", 2)]
    [InlineData("203x131x97:tn", 3)]
    public void A_product_measured_alone_is_the_product_of_the_op(string product, int threads)
    {
        using var kernel = (KernelCase)BenchCases.Create($"kernel:{product}", new BenchSettings { Threads = threads });
        kernel.Steps(2);

        using Pass pass = kernel.Workspace.Enter();
        Assert.Equal(kernel.Expected().ToArray<float>(), kernel.Result.ToArray<float>());
        Assert.Contains(kernel.Result.ToArray<float>(), static value => value != 0);
    }

    [Fact]
    public void Products_that_take_nanoseconds_are_measured_many_at_once()
    {
        using BenchCase small = BenchCases.Create("kernel:1x1x1", new BenchSettings()), middle = BenchCases.Create("kernel:64x64x64", new BenchSettings());
        Assert.Equal((256, 7), (small.StepsAtOnce, middle.StepsAtOnce));
        Assert.Equal((2.0, 12.0), (small.Flops, small.Bytes));
        BenchRun run = BenchRun.Of(small, 0.01);
        Assert.Equal(0, run.Memory!.SteadySteps % 256);
        Assert.Equal(0, run.Memory.AllocatorCallsPerStep);
        Assert.True(run.Quantile(0) > 0 && run.Quantile(0) <= run.Quantile(0.5));
    }

    [Fact]
    public void A_model_measured_without_workspace_runs_too()
    {
        using BenchCase measured = BenchCases.Create("mlp_small_sgd", new BenchSettings { Workspace = "off" });
        measured.Step();
        Assert.Equal(32, measured.SamplesPerStep);
        Assert.True(measured.Workspace!.PeakOwnBytes > 0);
    }
}
