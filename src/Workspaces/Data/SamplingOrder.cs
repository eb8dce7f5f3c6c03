namespace Workspaces.Data;

/// <summary>The order in which an <see cref="IndexSampler"/> visits the samples of an epoch.</summary>
internal enum SamplingOrder
{
    /// <summary>0, 1, 2, … in every epoch.</summary>
    Sequential,

    /// <summary>A fresh uniform permutation in every epoch, fixed by seed and epoch.</summary>
    Shuffled,
}
