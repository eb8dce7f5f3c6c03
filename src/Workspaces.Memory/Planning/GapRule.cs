namespace Workspaces.Memory.Planning;

/// <summary>Which of the gaps that are large enough a buffer takes.</summary>
internal enum GapRule
{
    /// <summary>The lowest one.</summary>
    Lowest,

    /// <summary>The smallest one between other buffers; above everything when there is none.</summary>
    Smallest,
}
