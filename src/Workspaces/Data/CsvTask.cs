namespace Workspaces.Data;

/// <summary>What the target columns of a CSV file are.</summary>
public enum CsvTask
{
    /// <summary>One column of classes: whole numbers from 0, or words.</summary>
    Classification,

    /// <summary>Columns of numbers.</summary>
    Regression,
}
