namespace Workspaces.Memory.Sites;

/// <summary>One of the last passes of a frame, for messages.</summary>
internal struct PassBirths
{
    /// <summary>Blocks of the pass have a higher birth number.</summary>
    internal ulong Floor;

    /// <summary>Number of the pass in its workspace.</summary>
    internal long Number;

    /// <summary>Where it was ended; null while open, and when places are not recorded.</summary>
    internal CodeSite? End;
}
