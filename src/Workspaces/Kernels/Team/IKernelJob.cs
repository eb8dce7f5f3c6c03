namespace Workspaces.Kernels.Team;

/// <summary>Work that falls into independent parts. Parts may run on any thread and in any order.</summary>
internal interface IKernelJob
{
    /// <summary>Runs one part.</summary>
    /// <param name="part">0 up to, not including, the number of parts given to <see cref="KernelTeam.Run{TJob}"/>.</param>
    void Execute(int part);
}
