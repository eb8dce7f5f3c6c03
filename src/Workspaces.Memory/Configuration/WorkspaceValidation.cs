using System.Globalization;

namespace Workspaces.Memory.Configuration;

/// <summary>The rules of one workspace's configuration: each value by itself, values against each other, and what is not built.</summary>
internal sealed class WorkspaceValidation
{
    /// <summary>The user half of a 48-bit address space: no arena can be larger.</summary>
    internal const long LargestSize = 1L << 47;

    private const long SmallestTempBlock = 4096;
    private const int MostRingSlots = 1024;

    private readonly WorkspaceConfiguration _configuration;
    private readonly string _path;
    private readonly List<ConfigurationProblem> _problems = [];

    private WorkspaceValidation(WorkspaceConfiguration configuration, string path)
    {
        _configuration = configuration;
        _path = path;
    }

    internal static IReadOnlyList<ConfigurationProblem> Check(WorkspaceConfiguration configuration, string path)
    {
        var validation = new WorkspaceValidation(configuration, path);
        if (WorkspaceNames.Problem(path, configuration.Name) is { } name) validation._problems.Add(name);
        validation.CheckSizes();
        validation.CheckCounts();
        validation.CheckDefined();
        validation.CheckIdleKeys();
        validation.CheckContradictions();
        return validation._problems;
    }

    /// <summary>The problem of a size that is negative or larger than any address space, null when it is neither.</summary>
    internal static ConfigurationProblem? SizeProblem(string path, long bytes)
    {
        if (bytes is >= 0 and <= LargestSize) return null;
        return new ConfigurationProblem(
            path,
            $"a size of {bytes.ToString(CultureInfo.InvariantCulture)} bytes",
            $"sizes lie between 0 and {ByteSize.Format(LargestSize)}",
            "Write bytes or a unit, as in 64 MiB");
    }

    private void CheckSizes()
    {
        AddSize(WorkspaceKey.InitialSize, _configuration.InitialSize);
        AddSize(WorkspaceKey.MinSize, _configuration.MinSize);
        AddSize(WorkspaceKey.MaxSize, _configuration.MaxSize);
        AddSize(WorkspaceKey.TempBlockSize, _configuration.TempBlockSize);
        AddSize(WorkspaceKey.HelperMinSize, _configuration.HelperMinSize);
        if (_configuration.TempBlockSize is >= 0 and < SmallestTempBlock)
            Add(WorkspaceKey.TempBlockSize, $"the least is one page, {ByteSize.Format(SmallestTempBlock)}", "Write more, as 1 MiB");
        CheckCap(WorkspaceKey.MinSize, _configuration.MinSize);
        CheckCap(WorkspaceKey.InitialSize, _configuration.InitialSize);
        if (_configuration.IsWritten(WorkspaceKey.TempBlockSize)) CheckCap(WorkspaceKey.TempBlockSize, _configuration.TempBlockSize);
    }

    private void CheckCap(WorkspaceKey key, long bytes)
    {
        var cap = _configuration.MaxSize;
        if (cap <= 0 || bytes <= cap) return;
        Add(key, $"it is above MaxSize = {ByteSize.Format(cap)}", $"Lower {key} or raise MaxSize (0 means no cap)");
    }

    private void CheckCounts()
    {
        var limit = _configuration.OverallocationLimit;
        if (!double.IsFinite(limit) || limit < 0)
            Add(WorkspaceKey.OverallocationLimit, "it is a fraction of what was learned, finite and at least 0", "Write 0.3 for 30 %");
        if (_configuration.CyclesBeforeInitialization < 0)
            Add(WorkspaceKey.CyclesBeforeInitialization, "passes are counted from 0", "Write 0 or more");
        if (_configuration.StepsNumber < 2)
            Add(WorkspaceKey.StepsNumber, "a ring has at least 2 slots", "Write 2 or more");
        if (_configuration.StepsNumber > MostRingSlots)
            Add(WorkspaceKey.StepsNumber, "each slot of a ring has an address range of its own, and a process has room for about 1024", "Write 1024 or less");
        if (_configuration.MaxPlans < 1)
            Add(WorkspaceKey.MaxPlans, "the plan that runs must be kept, so the least is 1", "Write 1 or more, the default is 16");
    }

    private void CheckDefined()
    {
        foreach (var key in Enum.GetValues<WorkspaceKey>())
        {
            if (WorkspaceValues.Of(_configuration, key) is not Enum value || Enum.IsDefined(value.GetType(), value)) continue;
            Add(key, "no policy has this number", "Write one of the declared names");
        }
    }

    private void CheckIdleKeys()
    {
        AddIdle(WorkspaceKey.OverallocationLimit, _configuration.PolicyAllocation == AllocationPolicy.Overallocate,
            "PolicyAllocation", AllocationPolicy.Overallocate, _configuration.PolicyAllocation);
        AddIdle(WorkspaceKey.CyclesBeforeInitialization, _configuration.PolicyLearning == LearningPolicy.Training,
            "PolicyLearning", LearningPolicy.Training, _configuration.PolicyLearning);
        AddIdle(WorkspaceKey.StepsNumber, _configuration.PolicyReset == ResetPolicy.EndOfBufferReached,
            "PolicyReset", ResetPolicy.EndOfBufferReached, _configuration.PolicyReset);
        var spill = _configuration.PolicySpill;
        var isMapped = _configuration.PolicyLocation == LocationPolicy.Mmap || spill == SpillPolicy.External;
        if (isMapped || _configuration.TempFilePath is null) return;
        _problems.Add(new ConfigurationProblem(
            $"{_path}:{WorkspaceKey.TempFilePath}",
            $"TempFilePath = {_configuration.TempFilePath}",
            $"nothing maps a file with PolicyLocation = {EnumNames.Format(_configuration.PolicyLocation)} and PolicySpill = "
                + EnumNames.Format(spill),
            "Leave TempFilePath out, or choose PolicyLocation = Mmap") { IsIdleKey = true });
    }

    private void CheckContradictions()
    {
        if (_configuration.TempFilePath is { } file && (string.IsNullOrWhiteSpace(file) || file.Contains('\0', StringComparison.Ordinal)))
            Add(WorkspaceKey.TempFilePath, "a path has at least one character and no zero", "Name a file, or leave the key out");
        if (_configuration is { PolicyLocation: LocationPolicy.Mmap, TempFilePath: null, Name: null })
            Add(WorkspaceKey.PolicyLocation, "its file is called after the workspace, which has no name", "Write Name or TempFilePath");
        if (_configuration is { PolicyLearning: LearningPolicy.None, InitialSize: 0 })
            Add(WorkspaceKey.PolicyLearning, "nothing is learned and InitialSize = 0, so there is no memory", "Write InitialSize");
        if (_configuration is { DebugMode: DebugMode.SpillEverything, PolicySpill: SpillPolicy.Fail })
            Add(WorkspaceKey.DebugMode, "PolicySpill = Fail, so every request would throw", "Choose PolicySpill = Reallocate or External");
        if (_configuration is { PolicyMirroring: MirroringPolicy.Enabled, HelperAllowFallback: false })
            Add(WorkspaceKey.PolicyMirroring, "this version knows no device, and HelperAllowFallback = false forbids the processor in its place",
                "Write PolicyMirroring = HostOnly, or HelperAllowFallback = true");
    }

    private void AddSize(WorkspaceKey key, long bytes)
    {
        if (SizeProblem($"{_path}:{key}", bytes) is { } problem) _problems.Add(problem);
    }

    private void AddIdle(WorkspaceKey key, bool isRead, string policy, Enum needed, Enum current)
    {
        if (isRead || !_configuration.IsWritten(key)) return;
        _problems.Add(new ConfigurationProblem(
            $"{_path}:{key}",
            $"{key} = {WorkspaceValues.Text(WorkspaceValues.Of(_configuration, key))}",
            $"nothing reads it with {policy} = {WorkspaceValues.Text(current)}",
            $"Leave {key} out, or choose {policy} = {WorkspaceValues.Text(needed)}") { IsIdleKey = true });
    }

    private void Add(WorkspaceKey key, string numbers, string remedy) => _problems.Add(new ConfigurationProblem(
        $"{_path}:{key}", $"{key} = {WorkspaceValues.Text(WorkspaceValues.Of(_configuration, key))}", numbers, remedy));
}
