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

    [Fact]
    public void A_model_measured_without_workspace_runs_too()
    {
        using BenchCase measured = BenchCases.Create("mlp_small_sgd", new BenchSettings { Workspace = "off" });
        measured.Step();
        Assert.Equal(32, measured.SamplesPerStep);
        Assert.True(measured.Workspace!.PeakOwnBytes > 0);
    }
}
