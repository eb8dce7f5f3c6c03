using Workspaces.Memory.Configuration;

namespace Workspaces.Memory;

/// <summary>
/// Everything that can be said about one workspace. Keys that are not written keep their defaults; which ones were written is
/// remembered, because a written key that nothing reads beside the others is an error (<see cref="Validate"/>). Two configurations are equal when
/// all values are equal, written or not; names compare without case,
/// as configuration keys do.
/// </summary>
public sealed record WorkspaceConfiguration
{
    private int _writtenKeys;

    /// <summary>The name of the workspace, null for an unnamed one that is freed when it is disposed.</summary>
    public string? Name { get; init; }

    /// <summary>Bytes committed when the workspace is created. Default 0.</summary>
    [SizeInBytes]
    public long InitialSize { get; init => field = Written(WorkspaceKey.InitialSize, value); }

    /// <summary>Bytes that stay committed when the workspace shrinks. Default 0.</summary>
    [SizeInBytes]
    public long MinSize { get; init => field = Written(WorkspaceKey.MinSize, value); }

    /// <summary>Hard cap on the bytes of the arena and of spills that stay in memory. Default 0: no cap.</summary>
    [SizeInBytes]
    public long MaxSize { get; init => field = Written(WorkspaceKey.MaxSize, value); }

    /// <summary>Head-room of <see cref="AllocationPolicy.Overallocate"/>, as a fraction of what was learned. Default 0.3.</summary>
    public double OverallocationLimit { get; init => field = Written(WorkspaceKey.OverallocationLimit, value); } = 0.3;

    /// <summary>How much is taken for a plan. Default <see cref="AllocationPolicy.Strict"/>.</summary>
    public AllocationPolicy PolicyAllocation { get; init => field = Written(WorkspaceKey.PolicyAllocation, value); }
        = AllocationPolicy.Strict;

    /// <summary>When a plan is made. Default <see cref="LearningPolicy.Optimized"/>.</summary>
    public LearningPolicy PolicyLearning { get; init => field = Written(WorkspaceKey.PolicyLearning, value); } = LearningPolicy.Optimized;

    /// <summary>What happens above <see cref="MaxSize"/>. Default <see cref="SpillPolicy.External"/>.</summary>
    public SpillPolicy PolicySpill { get; init => field = Written(WorkspaceKey.PolicySpill, value); } = SpillPolicy.External;

    /// <summary>On which sides the memory exists. Default <see cref="MirroringPolicy.HostOnly"/>.</summary>
    public MirroringPolicy PolicyMirroring { get; init => field = Written(WorkspaceKey.PolicyMirroring, value); }
        = MirroringPolicy.HostOnly;

    /// <summary>When the arena starts again. Default <see cref="ResetPolicy.BlockLeft"/>.</summary>
    public ResetPolicy PolicyReset { get; init => field = Written(WorkspaceKey.PolicyReset, value); } = ResetPolicy.BlockLeft;

    /// <summary>Where the arena lives. Default <see cref="LocationPolicy.Ram"/>.</summary>
    public LocationPolicy PolicyLocation { get; init => field = Written(WorkspaceKey.PolicyLocation, value); } = LocationPolicy.Ram;

    /// <summary>File of a memory-mapped arena or spill. Default null: one in the system's folder for temporary files.</summary>
    public string? TempFilePath { get; init => field = Written(WorkspaceKey.TempFilePath, value); }

    /// <summary>Passes that <see cref="LearningPolicy.Training"/> watches before it plans. Default 0.</summary>
    public int CyclesBeforeInitialization { get; init => field = Written(WorkspaceKey.CyclesBeforeInitialization, value); }

    /// <summary>Slots of a ring (<see cref="ResetPolicy.EndOfBufferReached"/>). Default 2.</summary>
    public int StepsNumber { get; init => field = Written(WorkspaceKey.StepsNumber, value); } = 2;

    /// <summary>Granule in bytes of scratch and spill segments. Default 1 MiB.</summary>
    [SizeInBytes]
    public long TempBlockSize { get; init => field = Written(WorkspaceKey.TempBlockSize, value); } = 1L << 20;

    /// <summary>Whether retention and nesting cycles are looked for. Default true.</summary>
    public bool UseCycleDetector { get; init => field = Written(WorkspaceKey.UseCycleDetector, value); } = true;

    /// <summary>Whether the workspace has memory of its own. Default <see cref="WorkspaceMode.Enabled"/>.</summary>
    public WorkspaceMode WorkspaceMode { get; init => field = Written(WorkspaceKey.WorkspaceMode, value); } = WorkspaceMode.Enabled;

    /// <summary>Whether work meant for a device may fall back to the processor. Default true.</summary>
    public bool HelperAllowFallback { get; init => field = Written(WorkspaceKey.HelperAllowFallback, value); } = true;

    /// <summary>The least bytes that are worth a second thread or a device. Default 64 KiB.</summary>
    [SizeInBytes]
    public long HelperMinSize { get; init => field = Written(WorkspaceKey.HelperMinSize, value); } = 64L << 10;

    /// <summary>A switch for hunting faults. Default <see cref="DebugMode.Disabled"/>.</summary>
    public DebugMode DebugMode { get; init => field = Written(WorkspaceKey.DebugMode, value); } = DebugMode.Disabled;

    /// <summary>How eagerly dead memory is looked for. Default <see cref="CheckMode.Span"/>.</summary>
    public CheckMode Checks { get; init => field = Written(WorkspaceKey.Checks, value); } = CheckMode.Span;

    /// <summary>Until when a plan keeps a block. Default <see cref="LifetimePolicy.Released"/>.</summary>
    public LifetimePolicy Lifetimes { get; init => field = Written(WorkspaceKey.Lifetimes, value); } = LifetimePolicy.Released;

    /// <summary>Plans that are kept, the least recently used is dropped. Default 16.</summary>
    public int MaxPlans { get; init => field = Written(WorkspaceKey.MaxPlans, value); } = 16;

    /// <summary>Whether <paramref name="key"/> was written (by an initializer, a <c>with</c> or configuration), in any case.</summary>
    /// <param name="key">The key's name, <c>MaxSize</c>.</param>
    /// <returns>False for a default, and for a name that is no key.</returns>
    public bool IsWritten(string key) => EnumNames.TryParse(typeof(WorkspaceKey), key, out var found) && IsWritten((WorkspaceKey)found);

    /// <summary>Checks every value and every contradiction.</summary>
    /// <param name="path">The path of the configuration in messages; null stands for <c>Workspaces:NAME</c>.</param>
    /// <returns>All problems at once; empty when the configuration can run.</returns>
    public IReadOnlyList<ConfigurationProblem> Validate(string? path = null) => WorkspaceValidation.Check(this, path ?? DefaultPath);

    /// <summary>Throws when <see cref="Validate"/> finds anything.</summary>
    /// <param name="path">The path of the configuration in messages; null stands for <c>Workspaces:NAME</c>.</param>
    /// <exception cref="ConfigurationException">All problems.</exception>
    public void ThrowIfInvalid(string? path = null)
    {
        var problems = Validate(path);
        if (problems.Count > 0) throw new ConfigurationException(problems);
    }

    /// <summary>The keys in which two configurations differ, as <c>MaxSize: 64 MiB here, 1 GiB there</c>.</summary>
    /// <param name="other">The configuration to compare with.</param>
    /// <returns>One text per key; empty when the two are equal.</returns>
    public IReadOnlyList<string> DifferencesFrom(WorkspaceConfiguration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return WorkspaceValues.Differences(this, other);
    }

    /// <summary>Compares values only, without garbage.</summary>
    /// <param name="other">The configuration to compare with.</param>
    /// <returns>Whether all values are equal.</returns>
    public bool Equals(WorkspaceConfiguration? other) =>
        ReferenceEquals(this, other) || (other is not null
            && InitialSize == other.InitialSize
            && MinSize == other.MinSize
            && MaxSize == other.MaxSize
            && OverallocationLimit.Equals(other.OverallocationLimit)
            && PolicyAllocation == other.PolicyAllocation
            && PolicyLearning == other.PolicyLearning
            && PolicySpill == other.PolicySpill
            && PolicyMirroring == other.PolicyMirroring
            && PolicyReset == other.PolicyReset
            && PolicyLocation == other.PolicyLocation
            && string.Equals(TempFilePath, other.TempFilePath, StringComparison.Ordinal)
            && CyclesBeforeInitialization == other.CyclesBeforeInitialization
            && StepsNumber == other.StepsNumber
            && TempBlockSize == other.TempBlockSize
            && UseCycleDetector == other.UseCycleDetector
            && WorkspaceMode == other.WorkspaceMode
            && HelperAllowFallback == other.HelperAllowFallback
            && HelperMinSize == other.HelperMinSize
            && DebugMode == other.DebugMode
            && Checks == other.Checks
            && Lifetimes == other.Lifetimes
            && MaxPlans == other.MaxPlans
            && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A hash of the values that usually tell configurations apart.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => HashCode.Combine(
        Name is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Name), InitialSize, MinSize, MaxSize, PolicyLearning, PolicySpill);

    /// <summary>The name and the keys that were written.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => WorkspaceValues.Describe(this);

    internal bool IsWritten(WorkspaceKey key) => (_writtenKeys >> (int)key & 1) != 0;

    private string DefaultPath => Name is null ? nameof(WorkspaceConfiguration) : $"Workspaces:{Name}";

    private T Written<T>(WorkspaceKey key, T value)
    {
        _writtenKeys |= 1 << (int)key;
        return value;
    }
}
