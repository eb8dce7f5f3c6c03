namespace Workspaces.Train;

/// <summary>Names that only one side had when a state was loaded.</summary>
/// <param name="Missing">Of the module, not in the file: they kept their values.</param>
/// <param name="Unexpected">In the file, not of the module: they were passed over.</param>
public sealed record StateReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected)
{
    /// <summary>True when both sides had the same names.</summary>
    public bool IsExact => Missing.Count == 0 && Unexpected.Count == 0;
}
