namespace Workspaces.Data;

/// <summary>How the features of a CSV file were written, so that other rows are read alike.</summary>
/// <param name="Columns">The names of the feature columns in their order; null for a file without a head.</param>
/// <param name="Fill">The number that missing features get; null where they are refused.</param>
/// <param name="Delimiter">What stands between two fields.</param>
internal sealed record CsvForm(string[]? Columns, float? Fill, char Delimiter);
