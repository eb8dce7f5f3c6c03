using Workspaces.Memory;

namespace Workspaces.Train;

/// <summary>How a trainer runs.</summary>
public sealed record TrainerOptions
{
    /// <summary>Epochs, 1 or more.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Stop after so many steps; 0 for no limit.</summary>
    public long MaxSteps { get; init; }

    /// <summary>The workspace of the steps.</summary>
    public WorkspaceConfiguration Step { get; init; } = new() { Name = "step" };
}
