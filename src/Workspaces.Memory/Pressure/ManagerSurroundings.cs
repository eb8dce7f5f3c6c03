using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Pressure;

/// <summary>What a manager takes from the system that it runs on; tests give their own.</summary>
/// <param name="Clock">Times the looks for idle workspaces.</param>
/// <param name="Files">Where the system says how much memory is left.</param>
/// <param name="Pages">Where arenas take pages from.</param>
internal sealed record ManagerSurroundings(TimeProvider Clock, IControlFiles Files, VirtualMemory Pages)
{
    internal static ManagerSurroundings System { get; } = new(TimeProvider.System, new SystemControlFiles(), VirtualMemory.Current);
}
