using System.Collections.ObjectModel;
using Workspaces.Memory.Configuration;

namespace Workspaces.Memory;

/// <summary>
/// What holds for all workspaces of a process. Two configurations are equal when all values are equal; the names of quotas compare
/// without case, as configuration keys do.
/// </summary>
public sealed record WorkspaceManagerConfiguration
{
    private Dictionary<string, long> _quotas = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether workspaces have memory of their own. Default <see cref="WorkspaceMode.Enabled"/>.</summary>
    public WorkspaceMode WorkspaceMode { get; init; } = WorkspaceMode.Enabled;

    /// <summary>A switch for hunting faults. Default <see cref="DebugMode.Disabled"/>.</summary>
    public DebugMode DebugMode { get; init; } = DebugMode.Disabled;

    /// <summary>
    /// Cap in bytes on what all workspaces together have committed, with persistent memory, scratch, and blocks that own their memory. Default 0: no cap.
    /// </summary>
    [SizeInBytes]
    public long MemoryLimit { get; init; }

    /// <summary>Most workspaces that may be open at once. Default 0: any number.</summary>
    public int MaxWorkspaces { get; init; }

    /// <summary>Seconds between looks for workspaces that nobody has leased meanwhile, whose pages then go back to the system. Default 60; 0: never.</summary>
    public int TrimSeconds { get; init; } = 60;

    /// <summary>
    /// Part of the memory of the container or the machine in use from which on all idle pages go back to the system. Looked at every
    /// <see cref="TrimSeconds"/> and after each collection of the oldest generation. Default 0.9.
    /// </summary>
    public double TrimPressure { get; init; } = 0.9;

    /// <summary>Whether meters, events and <c>workspaces top</c> see this manager. Default true; while nobody watches, it costs next to nothing.</summary>
    public bool Telemetry { get; init; } = true;

    /// <summary>
    /// Cap in bytes for all leases of a name together, by name in any case (<c>persistent</c> and <c>scratch</c> are names too); copied when it is set.
    /// Default empty.
    /// </summary>
    /// <exception cref="ArgumentException">Two names differ only in case.</exception>
    [SizeInBytes]
    public IReadOnlyDictionary<string, long> Quotas
    {
        get => new ReadOnlyDictionary<string, long>(_quotas);
        init => _quotas = new Dictionary<string, long>(value, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The cap of one workspace, without garbage.</summary>
    /// <param name="name">The workspace's name.</param>
    /// <param name="bytes">The cap in bytes, 0 when it has none.</param>
    /// <returns>Whether it has one.</returns>
    public bool TryGetQuota(string name, out long bytes) => _quotas.TryGetValue(name, out bytes);

    /// <summary>Checks every value and every contradiction.</summary>
    /// <param name="path">The path of the configuration in messages.</param>
    /// <returns>All problems at once; empty when the configuration can run.</returns>
    public IReadOnlyList<ConfigurationProblem> Validate(string path = "Workspaces:Manager") => ManagerValidation.Check(this, path);

    /// <summary>Throws when <see cref="Validate"/> finds anything.</summary>
    /// <param name="path">The path of the configuration in messages.</param>
    /// <exception cref="ConfigurationException">All problems.</exception>
    public void ThrowIfInvalid(string path = "Workspaces:Manager")
    {
        var problems = Validate(path);
        if (problems.Count > 0) throw new ConfigurationException(problems);
    }

    /// <summary>Compares values, without garbage.</summary>
    /// <param name="other">The configuration to compare with.</param>
    /// <returns>Whether all values are equal.</returns>
    public bool Equals(WorkspaceManagerConfiguration? other) =>
        ReferenceEquals(this, other) || (other is not null
            && WorkspaceMode == other.WorkspaceMode
            && DebugMode == other.DebugMode
            && MemoryLimit == other.MemoryLimit
            && MaxWorkspaces == other.MaxWorkspaces
            && TrimSeconds == other.TrimSeconds
            && TrimPressure.Equals(other.TrimPressure)
            && Telemetry == other.Telemetry
            && SameQuotas(other._quotas));

    /// <summary>A hash of the values that usually tell configurations apart.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => HashCode.Combine(WorkspaceMode, DebugMode, MemoryLimit, MaxWorkspaces, _quotas.Count);

    private bool SameQuotas(Dictionary<string, long> others)
    {
        if (_quotas.Count != others.Count) return false;
        foreach (var (name, bytes) in _quotas)
            if (!others.TryGetValue(name, out var other) || other != bytes) return false;
        return true;
    }
}
