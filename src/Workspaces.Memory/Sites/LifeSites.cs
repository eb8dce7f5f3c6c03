namespace Workspaces.Memory.Sites;

/// <summary>Where one life of a block began and ended.</summary>
/// <param name="birth">The life.</param>
/// <param name="born">Where it began; null when that was not seen.</param>
internal sealed class LifeSites(ulong birth, CodeSite? born)
{
    internal ulong Birth => birth;

    internal CodeSite? Born => born;

    /// <summary>The layer that ran then; null outside of layers.</summary>
    internal string? Part { get; init; }

    /// <summary>True for a life that began on the way back.</summary>
    internal bool IsBackward { get; init; }

    /// <summary>Where the block was released; null when its pass has ended it.</summary>
    internal CodeSite? Released { get; set; }
}
