namespace Workspaces.Memory.Telemetry;

/// <summary>How a pass was served.</summary>
public enum PassResult
{
    /// <summary>Every request had its place in a plan.</summary>
    Planned,

    /// <summary>It ran on a plan, and some requests were not what the plan expected.</summary>
    Deviated,

    /// <summary>It was served online and watched, because there was no plan that fits.</summary>
    Learning,

    /// <summary>It was served online because nothing is to be learned: <c>PolicyLearning: None</c>, batch slots, tensors that own their memory.</summary>
    Unplanned,
}
