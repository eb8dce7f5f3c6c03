namespace Workspaces.Ops;

/// <summary>What a loss does with the values of the samples.</summary>
public enum LossReduction
{
    /// <summary>One value a sample.</summary>
    None,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their sum over the size of the first axis; for losses of single elements.</summary>
    BatchMean,
}
