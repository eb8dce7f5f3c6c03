namespace Workspaces.Kernels.Team;

/// <summary>Work that falls into more independent parts than there is scratch for. Parts may run on any thread and in any order.</summary>
internal interface ISlotJob
{
    /// <summary>Runs one part.</summary>
    /// <param name="part">0 up to, not including, the number of parts given to <see cref="KernelTeam.RunSlots{TJob}"/>.</param>
    /// <param name="slot">The scratch to use, 0 up to, not including, the number of slots: no two parts use one at the same time.</param>
    void Execute(int part, int slot);
}
