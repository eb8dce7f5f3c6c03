namespace Workspaces.Memory.Tracking;

/// <summary>What else is known of a recorded request.</summary>
[Flags]
internal enum TraceMarks
{
    None = 0,

    /// <summary>A span of the block left our hands: its bytes stay to the end of the pass.</summary>
    Exposed = 1,

    /// <summary>The block was read on the host, was the root of a backward run, or was kept by request: no last use ends it.</summary>
    Kept = 2,
}
