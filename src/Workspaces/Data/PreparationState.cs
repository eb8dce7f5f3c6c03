namespace Workspaces.Data;

/// <summary>A <see cref="SamplePreparation"/> as it stands in the JSON of a checkpoint.</summary>
internal sealed record PreparationState
{
    /// <summary>Shape of a sample before anything is done with it.</summary>
    public required long[] RawShape { get; init; }

    public bool HasTokens { get; init; }

    public required TransformState[] Transforms { get; init; }

    public float? PixelMean { get; init; }

    public float? PixelDeviation { get; init; }

    public string? Vocabulary { get; init; }

    public string[]? Classes { get; init; }

    public string[]? Columns { get; init; }

    public float? Fill { get; init; }

    public char? Delimiter { get; init; }

    /// <summary>What no checkpoint has that was written here; null when nothing is wrong.</summary>
    internal string? Problem()
    {
        const int mostDraws = 1 << 16;
        if (Transforms.Any(static transform => transform is not { Position: >= 0, Draw: >= 0 and <= mostDraws })) return "a transform of its samples has no place";
        return Classes?.Any(static name => name is null) == true || Columns?.Any(static name => name is null) == true ? "a class or column of its samples has no name" : null;
    }
}

/// <summary>A transform: which one it is and its numbers.</summary>
/// <param name="Kind">Name of the class.</param>
/// <param name="Position">Its place among all transforms of the training data.</param>
/// <param name="Seed">Seed of its random numbers.</param>
/// <param name="Draw">How many are drawn for a sample before its own.</param>
/// <param name="Whole">Numbers of its constructor.</param>
/// <param name="Mean">What is subtracted.</param>
/// <param name="Deviation">What is divided by.</param>
internal sealed record TransformState(string Kind, int Position, ulong Seed, int Draw, int[] Whole, float[] Mean, float[] Deviation);
