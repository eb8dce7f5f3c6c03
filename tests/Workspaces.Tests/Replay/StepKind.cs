namespace Workspaces.Tests.Replay;

/// <summary>What a step of a program of blocks does.</summary>
internal enum StepKind
{
    Allocate,
    Use,
    Release,
    Hold,
    Drop,
    Expose,
    Mark,
    Rewind,

    /// <summary>A pass inside the pass.</summary>
    Nested,

    /// <summary>Steps of the same pass on another thread, as after an <c>await</c>.</summary>
    Hop,
}
