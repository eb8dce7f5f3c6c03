namespace Workspaces.Ops;

/// <summary>A number for each axis of a plane. One number stands for both: <c>stride: 2</c>, <c>padding: (1, 0)</c>.</summary>
/// <param name="Height">Along the rows' axis.</param>
/// <param name="Width">Along the columns' axis.</param>
public readonly record struct Size2(int Height, int Width)
{
    /// <summary>The same number for both axes.</summary>
    /// <param name="both">The number.</param>
    public static implicit operator Size2(int both) => new(both, both);

    /// <summary>A pair of height and width.</summary>
    /// <param name="pair">The numbers.</param>
    public static implicit operator Size2((int Height, int Width) pair) => new(pair.Height, pair.Width);

    /// <summary>A pair of height and width.</summary>
    /// <param name="height">Along the rows' axis.</param>
    /// <param name="width">Along the columns' axis.</param>
    /// <returns>The pair.</returns>
    public static Size2 From(int height, int width) => new(height, width);

    /// <summary>As it is written in layers: one number when both are equal.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Height == Width ? $"{Height}" : $"({Height}, {Width})";
}
