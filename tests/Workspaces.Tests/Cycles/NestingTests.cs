using Workspaces.Memory;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Cycles;

/// <summary>Workspaces entered in circles, or one inside itself without an end.</summary>
public sealed class NestingTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_inside_B_inside_A_is_legal_and_has_no_finding()
    {
        Circle(2, detector: true);
        Circle(8, detector: true);
        Assert.Empty(_manager.Findings);
    }

    [Fact]
    public void Circles_are_told_once_with_their_path()
    {
        Circle(12, detector: true);
        Finding[] findings = [.. _manager.Findings];
        Assert.Equal(["a", "b"], findings.Select(static finding => finding.Workspace).Order());
        Assert.All(findings, static finding => Assert.Equal((FindingCodes.NestsInCircles, FindingSeverity.Warning), (finding.Code, finding.Severity)));
        Assert.Contains("a → b → a → b → a", Assert.Single(findings, static finding => finding.Workspace == "a").Text, StringComparison.Ordinal);
        Assert.Contains("leave the inner pass", findings[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_turns_the_detector_off()
    {
        Circle(12, detector: false);
        Assert.Empty(_manager.Findings);
    }

    [Fact]
    public void Passes_that_a_loop_forgets_to_dispose_nest_and_are_told_at_a_depth_of_33()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "loop" });
        var passes = new Stack<Pass>();
        for (int i = 0; i < 32; i++) passes.Push(workspace.Enter());
        Assert.Empty(_manager.Findings);
        for (int i = 0; i < 8; i++) passes.Push(workspace.Enter());
        while (passes.TryPop(out Pass pass)) pass.Dispose();
        Finding finding = Assert.Single(_manager.Findings);
        Assert.Equal((FindingCodes.NestsInCircles, "loop"), (finding.Code, finding.Workspace));
        Assert.Contains("nested 33 deep", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Workspaces_inside_each_other_without_a_return_are_no_circle()
    {
        var open = new Stack<Workspace>();
        for (int i = 0; i < 40; i++) open.Push(_manager.Lease(new() { Name = $"level-{i}" }));
        while (open.TryPop(out Workspace? workspace)) workspace.Dispose();
        Assert.Empty(_manager.Findings);
    }

    private void Circle(int rounds, bool detector)
    {
        using Workspace a = _manager.Lease(new() { Name = "a", UseCycleDetector = detector });
        using Workspace b = _manager.Lease(new() { Name = "b", UseCycleDetector = detector });
        for (int repeat = 0; repeat < 3; repeat++)
        {
            var passes = new Stack<Pass>();
            for (int i = 0; i < rounds; i++)
            {
                passes.Push(a.Enter());
                passes.Push(b.Enter());
            }

            while (passes.TryPop(out Pass pass)) pass.Dispose();
        }
    }
}
