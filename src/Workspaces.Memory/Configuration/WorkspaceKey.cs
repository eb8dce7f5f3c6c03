namespace Workspaces.Memory.Configuration;

/// <summary>The keys of a workspace configuration; the number of each is its bit in the set of keys that were written.</summary>
internal enum WorkspaceKey
{
    InitialSize,
    MinSize,
    MaxSize,
    OverallocationLimit,
    PolicyAllocation,
    PolicyLearning,
    PolicySpill,
    PolicyMirroring,
    PolicyReset,
    PolicyLocation,
    TempFilePath,
    CyclesBeforeInitialization,
    StepsNumber,
    TempBlockSize,
    UseCycleDetector,
    WorkspaceMode,
    HelperAllowFallback,
    HelperMinSize,
    DebugMode,
    Checks,
    Lifetimes,
    MaxPlans,
}
