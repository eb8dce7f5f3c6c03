namespace Workspaces.Data;

/// <summary>How a CSV file is read. Columns are named by their head, or by number from 0; −1 is the last one.</summary>
public sealed record CsvOptions
{
    /// <summary>What the target columns are. Default classification.</summary>
    public CsvTask Task { get; init; }

    /// <summary>The target columns; null for the last one.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>The feature columns in order; null for all that are no targets.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Whether the first row has the names of the columns. Default true.</summary>
    public bool Header { get; init; } = true;

    /// <summary>What stands between two fields: an ASCII character, no quote and no line end. Default a comma.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>What becomes of missing features; a missing target is always refused.</summary>
    public MissingValues Missing { get; init; }

    /// <summary>The number that missing features get with <see cref="MissingValues.Fill"/>.</summary>
    public float Fill { get; init; }

    /// <summary>The names of the classes in the order of their numbers, as of a training file that this one belongs to; null to find them in the file.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>How many classes there are when they are written as numbers; 0 for one more than the largest in the file.</summary>
    public int ClassCount { get; init; }

    /// <summary>Whether rows are read from the file when they are asked for, with 8 bytes of memory a row. Default false: all numbers are kept in memory.</summary>
    public bool Streaming { get; init; }
}
