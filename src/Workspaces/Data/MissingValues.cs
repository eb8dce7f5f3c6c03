namespace Workspaces.Data;

/// <summary>What becomes of features that a CSV file leaves empty, or writes as <c>NA</c>, <c>NaN</c>, <c>null</c> or <c>?</c>.</summary>
public enum MissingValues
{
    /// <summary>The file is refused; the message names row and column.</summary>
    Refuse,

    /// <summary>They get one number, <see cref="CsvOptions.Fill"/>.</summary>
    Fill,
}
