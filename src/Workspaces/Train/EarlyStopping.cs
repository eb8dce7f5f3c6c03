namespace Workspaces.Train;

/// <summary>When to stop because a number has not become better for some validations.</summary>
public sealed record EarlyStopping
{
    /// <summary>Validations without progress that are waited for, at least 1.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>A change that is not larger is no progress, at least 0.</summary>
    public double MinDelta { get; init; }
}
