using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Recurrent;

/// <summary>All steps of some of the samples, forward or back.</summary>
internal interface IRecurrentSteps<T>
    where T : unmanaged
{
    /// <summary>Runs them.</summary>
    /// <param name="first">The first sample.</param>
    /// <param name="samples">How many.</param>
    /// <param name="scratch">Scratch of their products.</param>
    /// <param name="team">Threads that share each step, or null.</param>
    void Run(int first, int samples, Span<T> scratch, KernelTeam? team);
}
