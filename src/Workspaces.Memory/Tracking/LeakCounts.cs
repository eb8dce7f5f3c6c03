namespace Workspaces.Memory.Tracking;

/// <summary>What of a manager is in use, and apart from it what nobody will give back by itself. Counted always; reading takes a lock, counting does not.</summary>
public readonly record struct LeakCounts
{
    /// <summary>Leases that are open and can be reached.</summary>
    public int LiveWorkspaces { get; init; }

    /// <summary>Leases that are open and that nobody can reach any more; they keep their memory until the manager is disposed.</summary>
    public int LeakedWorkspaces { get; init; }

    /// <summary>Inner passes and lanes that were not disposed by their owner but closed by something outside of them, since the manager was made.</summary>
    public long LeakedPasses { get; init; }

    /// <summary>Blocks that outlive passes: parameters, optimizer state, and what was made outside every workspace.</summary>
    public long PersistentBlocks { get; init; }

    /// <summary>Bytes of <see cref="PersistentBlocks"/>, in whole granules.</summary>
    public long PersistentBytes { get; init; }

    /// <summary>Uses of handles whose pass had ended; each of them threw.</summary>
    public long LateUses { get; init; }
}
