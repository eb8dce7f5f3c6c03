namespace Workspaces.Data;

/// <summary>Which part of a data set is meant.</summary>
public enum DataSplit
{
    /// <summary>The samples to learn from.</summary>
    Train,

    /// <summary>The samples kept aside to measure with.</summary>
    Test,
}
