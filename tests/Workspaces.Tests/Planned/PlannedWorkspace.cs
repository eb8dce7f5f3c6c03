using Workspaces.Memory;

namespace Workspaces.Tests.Planned;

/// <summary>A workspace of its own manager, whose passes a test runs until they are served from a settled plan.</summary>
internal sealed class PlannedWorkspace : IDisposable
{
    /// <summary>Passes after which a steady program must be Planned and the search for a better plan over.</summary>
    public const int WarmUp = 24;

    public PlannedWorkspace(LifetimePolicy lifetimes = LifetimePolicy.Released, Func<WorkspaceConfiguration, WorkspaceConfiguration>? change = null)
    {
        Manager = new WorkspaceManager();
        var configuration = new WorkspaceConfiguration { Name = "step", Lifetimes = lifetimes };
        Workspace = Manager.Lease(change is null ? configuration : change(configuration));
    }

    public WorkspaceManager Manager { get; }

    public Workspace Workspace { get; }

    /// <summary>Bytes that the test itself has allocated around its passes.</summary>
    public long OutsidePasses { get; set; }

    public void Dispose()
    {
        Workspace.Dispose();
        Manager.Dispose();
    }

    /// <summary>Runs a body in a number of passes; it is told the number of the pass, from 0.</summary>
    public void Passes(int count, Action<int> body)
    {
        for (int i = 0; i < count; i++)
        {
            using Pass pass = Workspace.Enter();
            body(i);
        }
    }

    /// <summary>Runs a body until it is planned, and asserts that it is, and that it ran as planned.</summary>
    public void Plan(Action body)
    {
        Passes(WarmUp, _ => body());
        AssertPlanned();
    }

    /// <summary>Runs a body in the first pass, which learns, and in a planned one.</summary>
    public void LearnThenReplay(Action body)
    {
        Passes(1, _ => body());
        Passes(1, _ => body());
        AssertPlanned();
    }

    public void AssertPlanned()
    {
        Assert.Equal(WorkspaceState.Planned, Workspace.State);
        Assert.Equal(0, Workspace.Deviations);
    }
}
