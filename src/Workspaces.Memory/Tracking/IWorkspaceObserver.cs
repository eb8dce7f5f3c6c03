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
}
