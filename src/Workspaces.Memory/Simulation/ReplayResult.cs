namespace Workspaces.Memory.Simulation;

/// <summary>What came of replaying a trace with one allocator. Sizes are in whole alignments.</summary>
public sealed record ReplayResult
{
    /// <summary>Name of the allocator.</summary>
    public required string Allocator { get; init; }

    /// <summary>Most bytes that the allocator held at once.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>Most bytes live at one moment in the trace, whatever the cap.</summary>
    public required long LowerBoundBytes { get; init; }

    /// <summary>Peak over lower bound; 1 for a trace without buffers. Below 1 only when requests failed.</summary>
    public double Ratio => LowerBoundBytes == 0 ? 1 : (double)PeakBytes / LowerBoundBytes;

    /// <summary>Time of one request or release in a warm replay, in nanoseconds; the median of <see cref="Samples"/>.</summary>
    public required double NanosecondsPerEvent { get; init; }

    /// <summary>Replays, or runs of several replays of a short trace, that were timed.</summary>
    public required int Samples { get; init; }

    /// <summary>Requests that would have passed the cap.</summary>
    public required long FailedRequests { get; init; }

    /// <summary>Bytes of all failed requests.</summary>
    public required long SpilledBytes { get; init; }

    /// <summary>Most bytes of failed requests live at one moment: what another memory would have to hold.</summary>
    public required long SpilledPeakBytes { get; init; }
}
