using Workspaces.Memory.Configuration;

namespace Workspaces.Memory;

/// <summary>When a workspace turns what it has watched into a plan.</summary>
public enum LearningPolicy
{
    /// <summary>Never: requests are served one after the other inside <see cref="WorkspaceConfiguration.InitialSize"/>.</summary>
    None,

    /// <summary>After the first complete pass; the plan may be improved between later passes.</summary>
    Optimized,

    /// <summary>After <see cref="WorkspaceConfiguration.CyclesBeforeInitialization"/> passes, and it keeps watching.</summary>
    Training,

    /// <summary>Another name of <see cref="Optimized"/>.</summary>
    [EnumAlias]
    FirstLoop = Optimized,

    /// <summary>Another name of <see cref="Training"/>.</summary>
    [EnumAlias]
    OverTime = Training,
}
