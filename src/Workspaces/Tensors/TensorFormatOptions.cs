namespace Workspaces.Tensors;

/// <summary>How <see cref="TensorFormatter"/> prints. The defaults are NumPy's, but four digits instead of eight.</summary>
public sealed record TensorFormatOptions
{
    /// <summary>Four digits, summarised above 1000 elements to 3 at each edge, lines of 75 characters.</summary>
    public static TensorFormatOptions Default { get; } = new();

    /// <summary>The most digits behind the decimal point, 0 or more; fewer are printed where fewer are exact.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Precision
    {
        get;
        init => field = AtLeast(value, 0, nameof(Precision));
    } = 4;

    /// <summary>The most elements that are printed in full; with more, the middle of long axes becomes <c>...</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Threshold
    {
        get;
        init => field = AtLeast(value, 0, nameof(Threshold));
    } = 1000;

    /// <summary>How many elements a summarised axis shows at each end, 1 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int EdgeItems
    {
        get;
        init => field = AtLeast(value, 1, nameof(EdgeItems));
    } = 3;

    /// <summary>Where lines wrap, in characters; a single long element may pass it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int LineWidth
    {
        get;
        init => field = AtLeast(value, 1, nameof(LineWidth));
    } = 75;

    private static int AtLeast(int value, int least, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        return value;
    }
}
