using Workspaces.Memory.Telemetry;

namespace Workspaces.Memory.Tracking;

/// <summary>
/// Receives findings. Called after the core has left its gates, on the thread that caused the finding; it may create and use
/// workspaces itself. An exception thrown here is swallowed: watching must not change what is watched.
/// </summary>
public interface IWorkspaceObserver
{
    /// <summary>Called once for every finding.</summary>
    /// <param name="finding">What was found.</param>
    void OnFinding(Finding finding);

    /// <summary>Called when passes get a plan, or another one.</summary>
    /// <param name="plan">The plan and why it was made.</param>
    void OnPlan(PlanReport plan)
    {
    }

    /// <summary>Called after each pass that deviated from its plan or whose requests were partly served outside the arena.</summary>
    /// <param name="pass">The pass with the numbers.</param>
    void OnIrregularPass(in PassReport pass)
    {
    }
}
