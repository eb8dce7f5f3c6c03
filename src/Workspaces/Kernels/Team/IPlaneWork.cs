namespace Workspaces.Kernels.Team;

/// <summary>Work on planes that know nothing of each other: channels of samples, or sets of elements that are normalised together.</summary>
internal interface IPlaneWork
{
    /// <summary>Works on some planes.</summary>
    /// <param name="first">The first.</param>
    /// <param name="end">The one after the last.</param>
    void Run(int first, int end);
}
