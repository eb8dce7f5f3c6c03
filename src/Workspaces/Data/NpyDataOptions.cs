namespace Workspaces.Data;

/// <summary>How samples in NumPy's arrays are read.</summary>
public sealed record NpyDataOptions
{
    /// <summary>How many classes there are; 0 for one more than the largest label. Idle for labels that are floats, which are targets.</summary>
    public int ClassCount { get; init; }

    /// <summary>The array of the features in an <c>.npz</c> archive. Default <c>x</c>.</summary>
    public string Features { get; init; } = "x";

    /// <summary>The array of the labels in an <c>.npz</c> archive. Default <c>y</c>.</summary>
    public string Labels { get; init; } = "y";
}
