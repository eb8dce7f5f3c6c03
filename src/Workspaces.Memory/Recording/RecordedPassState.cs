namespace Workspaces.Memory.Recording;

/// <summary>How a pass was served.</summary>
public enum RecordedPassState
{
    /// <summary>Online, by best fit, while its requests were recorded.</summary>
    Learning,

    /// <summary>By a plan, every request.</summary>
    Planned,

    /// <summary>By a plan, but for requests that it did not expect, or with blocks outside the arena.</summary>
    Spilled,

    /// <summary>Not at all: it was traced on shapes alone, and its blocks lie where the plan will have them.</summary>
    Shapes,
}
