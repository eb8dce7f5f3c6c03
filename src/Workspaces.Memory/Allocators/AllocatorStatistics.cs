namespace Workspaces.Memory.Allocators;

/// <summary>What a <see cref="StatisticsAllocator"/> counted, all at one moment. Bytes are those asked for, not rounded.</summary>
public readonly record struct AllocatorStatistics
{
    /// <summary>Bytes handed out and not freed.</summary>
    public long LiveBytes { get; init; }

    /// <summary>Allocations handed out and not freed.</summary>
    public long LiveCount { get; init; }

    /// <summary>The most live bytes at one moment.</summary>
    public long PeakBytes { get; init; }

    /// <summary>Bytes handed out ever.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Allocations handed out ever.</summary>
    public long TotalCount { get; init; }

    /// <summary>Requests that the upstream refused.</summary>
    public long FailedCount { get; init; }
}
