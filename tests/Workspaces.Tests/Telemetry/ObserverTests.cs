using Workspaces.Memory;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Telemetry;

/// <summary>What observers hear of plans and of passes that were not as planned.</summary>
public sealed class ObserverTests
{
    private readonly Told _told = new();

    [Fact]
    public void The_first_plan_is_told_once_and_better_passes_tell_nothing()
    {
        Run(new(), static workspace =>
        {
            for (int i = 0; i < 5; i++) Watched.Pass(workspace, 1024, 2048);
        });

        PlanReport plan = Assert.Single(_told.Plans);
        Assert.Equal(("told", PlanReason.FirstPass, 2, 3072L, 3072L, 1L), (plan.Workspace, plan.Reason, plan.Requests, plan.PeakBytes, plan.LowerBoundBytes, plan.PlansMade));
        Assert.True(plan.Duration > TimeSpan.Zero);
        Assert.Empty(_told.Passes);
    }

    [Fact]
    public void Passes_that_go_on_deviating_get_another_plan_for_that_reason()
    {
        Run(new(), static workspace =>
        {
            Watched.Pass(workspace, 1024, 2048);
            for (int i = 0; i < 6; i++) Watched.Pass(workspace, 1024, 8192);
        });

        Assert.Equal([PlanReason.FirstPass, PlanReason.Deviations], _told.Plans.Select(static plan => plan.Reason));
        PassReport pass = _told.Passes[0];
        Assert.Equal((PassResult.Deviated, 2, 1L, 8192L, 0L), (pass.Result, pass.Requests, pass.Deviations, pass.DeviationBytes, pass.SpilledRequests));
        Assert.Equal("told", pass.Workspace);
    }

    [Fact]
    public void A_spill_is_told_with_the_configuration_that_made_it()
    {
        Run(new() { MaxSize = 64 << 10 }, static workspace => Watched.Pass(workspace, 1024, 1 << 20));

        PassReport pass = Assert.Single(_told.Passes);
        Assert.Equal((1L, 1L << 20, 64L << 10), (pass.SpilledRequests, pass.SpilledBytes, pass.Configuration.MaxSize));
    }

    [Fact]
    public void Requests_beyond_the_initial_size_are_deviations_where_nothing_is_learned()
    {
        Run(new() { PolicyLearning = LearningPolicy.None, InitialSize = 4096 }, static workspace => Watched.Pass(workspace, 1024, 8192));

        PassReport pass = Assert.Single(_told.Passes);
        Assert.Equal((PassResult.Unplanned, 1L, 8192L), (pass.Result, pass.Deviations, pass.DeviationBytes));
    }

    [Fact]
    public void Plans_from_a_file_say_so()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "plans.json");
        Run(new(), workspace =>
        {
            Watched.Pass(workspace, 1024);
            workspace.SavePlans(file);
        });
        _told.Plans.Clear();
        Run(new(), workspace =>
        {
            workspace.LoadPlans(file);
            Watched.Pass(workspace, 1024);
        });

        Assert.Equal([PlanReason.Loaded], _told.Plans.Select(static plan => plan.Reason));
        Assert.Empty(_told.Passes);
    }

    [Fact]
    public void An_observer_that_throws_changes_nothing()
    {
        using var manager = new WorkspaceManager();
        manager.AddObserver(new Throws());
        manager.AddObserver(_told);
        using Workspace workspace = manager.Lease(new() { Name = "told", MaxSize = 64 << 10 });
        Watched.Pass(workspace, 1024, 1 << 20);

        Assert.Single(_told.Plans);
        Assert.Single(_told.Passes);
    }

    private void Run(WorkspaceConfiguration configuration, Action<Workspace> body)
    {
        using var manager = new WorkspaceManager();
        manager.AddObserver(_told);
        using Workspace workspace = manager.Lease(configuration with { Name = "told" });
        body(workspace);
    }

    private sealed class Told : IWorkspaceObserver
    {
        internal List<PlanReport> Plans { get; } = [];

        internal List<PassReport> Passes { get; } = [];

        public void OnFinding(Finding finding)
        {
        }

        public void OnPlan(PlanReport plan) => Plans.Add(plan);

        public void OnIrregularPass(in PassReport pass) => Passes.Add(pass);
    }

    private sealed class Throws : IWorkspaceObserver
    {
        public void OnFinding(Finding finding) => throw new InvalidOperationException("finding");

        public void OnPlan(PlanReport plan) => throw new InvalidOperationException("plan");

        public void OnIrregularPass(in PassReport pass) => throw new InvalidOperationException("pass");
    }
}
