using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Leaks;

/// <summary>Misuses 2 and 3: used too long without a reset, and references held too long.</summary>
public sealed class GrowthTests : IDisposable
{
    private const int Enough = 300;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public GrowthTests() => _workspace = _manager.Lease(new() { Name = "step" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Tensors_moved_outwards_in_every_pass_are_growth()
    {
        for (int i = 0; i < Enough; i++)
        {
            using Pass pass = _workspace.Enter();
            Tensor.Ones([100]).MoveTo(_workspace.OuterPass);
        }

        Finding finding = Assert.Single(Growth());
        Assert.Equal(("step", FindingSeverity.Warning), (finding.Workspace, finding.Severity));
        Assert.Contains("pass 1 of workspace 'step'", finding.Text, StringComparison.Ordinal);
        Assert.Contains("over the last 256", finding.Text, StringComparison.Ordinal);
        Assert.Contains("end the outer pass", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_moved_outwards_now_and_then_is_growth_too()
    {
        for (int i = 0; i < Enough; i++)
        {
            using Pass pass = _workspace.Enter();
            Tensor tensor = Tensor.Ones([100]);
            if (i % 10 == 0) tensor.MoveTo(_workspace.OuterPass);
        }

        Assert.Single(Growth());
    }

    [Fact]
    public void The_inner_pass_of_a_pass_that_stays_open_is_looked_at_as_well()
    {
        using Pass outer = _workspace.Enter();
        for (int i = 0; i < Enough; i++)
        {
            using Pass pass = _workspace.Enter();
            Tensor.Ones([100]).MoveTo(outer);
        }

        Assert.Contains("pass 2 of workspace 'step'", Assert.Single(Growth()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fills_once_or_is_replaced_is_no_growth()
    {
        Tensor last = default;
        for (int i = 0; i < 2 * Enough; i++)
        {
            using Pass pass = _workspace.Enter();
            Tensor tensor = Tensor.Ones([100]), next = Tensor.Ones([100]).MoveTo(_workspace.OuterPass);
            if (i < 100) tensor.MoveTo(_workspace.OuterPass);
            last.Dispose();
            last = next;
        }

        Assert.Empty(Growth());
    }

    [Fact]
    public void What_fills_and_empties_is_no_growth()
    {
        for (int round = 0; round < 10; round++)
        {
            using Pass outer = _workspace.Enter();
            for (int i = 0; i < 200; i++)
            {
                using Pass pass = _workspace.Enter();
                Tensor.Ones([100]).MoveTo(outer);
            }
        }

        Assert.Empty(Growth());
    }

    [Fact]
    public void Persistent_memory_that_grows_with_the_passes_is_reported_once_for_the_manager()
    {
        using Workspace second = _manager.Lease(new() { Name = "second" });
        for (int i = 0; i < Enough; i++)
        {
            using Pass pass = second.Enter();
            RawBlock.From(_manager.Persistent.State, 100);
        }

        Finding finding = Assert.Single(Growth());
        Assert.Equal("persistent", finding.Workspace);
        Assert.Contains("passes of workspace 'second'", finding.Text, StringComparison.Ordinal);
        for (int i = 0; i < Enough; i++)
        {
            using Pass pass = second.Enter();
            RawBlock.From(_manager.Persistent.State, 100);
        }

        Assert.Single(Growth());
    }

    [Fact]
    public void A_pass_without_an_end_is_reported_when_its_requests_are_not_recorded_any_more()
    {
        for (int i = 0; i < (1 << 20) + 2; i++) _workspace.MemoryManager.Allocate(8).Dispose();
        Finding finding = Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.PassNeverEnds);
        Assert.Equal("step", finding.Workspace);
        Assert.Contains("1048576 requests", finding.Text, StringComparison.Ordinal);
        Assert.Contains("using var pass = workspace.Enter()", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handle_used_after_its_pass_throws_and_is_told_once_for_each_op()
    {
        Tensor field;
        using (_workspace.Enter()) field = Tensor.Ones([3]).Exp();
        for (int i = 0; i < 3; i++) Assert.Throws<StaleAccessException>(() => field.Sum());
        Block block;
        using (_workspace.Enter()) block = _workspace.MemoryManager.Allocate(8, purpose: "buffer");
        Assert.Throws<StaleAccessException>(() => block.AsSpan());
        using (_workspace.Enter()) Tensor.Ones([1]);
        Finding[] findings = [.. _manager.Findings.Where(static finding => finding.Code == FindingCodes.HandleOutlivesPass)];
        Assert.Equal(2, findings.Length);
        Assert.All(findings, static finding => Assert.Equal(("step", FindingSeverity.Information), (finding.Workspace, finding.Severity)));
        Assert.Contains("made by Exp", findings[0].Text, StringComparison.Ordinal);
        Assert.Contains("made by buffer", findings[1].Text, StringComparison.Ordinal);
        Assert.Equal(4, _manager.Leaks.LateUses);
    }

    [Fact]
    public void A_handle_used_after_its_release_inside_its_pass_is_no_late_use()
    {
        using Pass pass = _workspace.Enter();
        Tensor tensor = Tensor.Ones([3]);
        tensor.Dispose();
        Assert.Throws<StaleAccessException>(() => tensor.Sum());
        Assert.Equal(0, _manager.Leaks.LateUses);
    }

    private Finding[] Growth() => [.. _manager.Findings.Where(static finding => finding.Code == FindingCodes.GrowsPassOverPass)];
}
