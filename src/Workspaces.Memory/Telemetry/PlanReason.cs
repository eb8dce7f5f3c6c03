namespace Workspaces.Memory.Telemetry;

/// <summary>Why a plan was made.</summary>
public enum PlanReason
{
    /// <summary>Passes of this signature had none.</summary>
    FirstPass,

    /// <summary>Several passes deviated from the plan they had.</summary>
    Deviations,

    /// <summary>A pass began with a request that the plan does not begin with.</summary>
    OtherRequests,

    /// <summary>A block was used after the last use that the plan knew (<c>Lifetimes: LastUse</c>).</summary>
    LateUse,

    /// <summary>A search between two passes has found a smaller one for the same requests.</summary>
    Improvement,

    /// <summary>The plan served larger passes too, which have not come again.</summary>
    Outlier,

    /// <summary>The passes ran on the larger plan of another signature.</summary>
    OwnInsteadOfLent,

    /// <summary>It was read from a file.</summary>
    Loaded,
}
