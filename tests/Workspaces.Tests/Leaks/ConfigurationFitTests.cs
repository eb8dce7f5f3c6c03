using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Leaks;

/// <summary>Misuse 5: a configuration that does not fit the work.</summary>
public sealed class ConfigurationFitTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_fixed_size_that_is_too_small_for_every_pass_is_reported_with_the_key_to_change()
    {
        Run(new() { Name = "fixed", PolicyLearning = LearningPolicy.None, InitialSize = 4096 }, 300, static _ => 8192);
        Finding finding = Assert.Single(Misfits());
        Assert.Equal(("fixed", FindingSeverity.Warning), (finding.Workspace, finding.Severity));
        Assert.Contains("InitialSize is 4096 bytes", finding.Text, StringComparison.Ordinal);
        Assert.Contains("raise Workspaces:fixed:InitialSize", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fixed_size_that_a_pass_now_and_then_exceeds_is_not()
    {
        Run(new() { Name = "fixed", PolicyLearning = LearningPolicy.None, InitialSize = 4096 }, 600, static i => i % 40 == 0 ? 8192 : 1024);
        Assert.Empty(Misfits());
    }

    [Fact]
    public void An_initial_size_far_above_the_need_is_a_note()
    {
        Run(new() { Name = "big", InitialSize = 64 << 20 }, 300, static _ => 8192);
        Finding finding = Assert.Single(Misfits());
        Assert.Equal(FindingSeverity.Information, finding.Severity);
        Assert.Contains("lower Workspaces:big:InitialSize", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Plans_that_push_each_other_out_are_reported_with_MaxPlans()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "many", MaxPlans = 2 });
        for (int i = 0; i < 200; i++)
        {
            using Pass pass = workspace.Enter(new PassSignature().With(i % 8));
            workspace.MemoryManager.Allocate(1000 * ((i % 8) + 1));
            workspace.MemoryManager.Allocate(100);
        }

        Finding finding = Assert.Single(Misfits());
        Assert.Contains("raise Workspaces:many:MaxPlans", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_that_ask_beside_each_other_in_one_pass_are_told_of_lanes()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "shared" });
        for (int i = 0; i < 300; i++)
        {
            using Pass pass = workspace.Enter();
            RawBlock own = RawBlock.From(workspace, 64);
            own.Header.Frame.BeginOp();
            Outside.Run(() => RawBlock.From(own.Header.Frame, 64));
            own.Header.Frame.EndOp();
        }

        Finding finding = Assert.Single(Misfits());
        Assert.Contains("pass.Fork(n)", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_fits_has_no_finding()
    {
        Run(new() { Name = "plain" }, 600, static _ => 8192);
        Run(new() { Name = "fixed", PolicyLearning = LearningPolicy.None, InitialSize = 1 << 20 }, 600, static _ => 8192);
        Run(new() { Name = "used", InitialSize = 64 << 20 }, 300, static _ => 63 << 20);
        Assert.Empty(_manager.Findings);
    }

    private void Run(WorkspaceConfiguration configuration, int passes, Func<int, long> bytes)
    {
        using Workspace workspace = _manager.Lease(configuration);
        for (int i = 0; i < passes; i++)
        {
            using Pass pass = workspace.Enter();
            workspace.MemoryManager.Allocate(bytes(i));
        }
    }

    private Finding[] Misfits() => [.. _manager.Findings.Where(static finding => finding.Code == FindingCodes.ConfigurationDoesNotFit)];
}
