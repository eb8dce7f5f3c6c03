using System.Globalization;

namespace Workspaces.Memory.Configuration;

/// <summary>Reads the values of a configuration by key, for messages.</summary>
internal static class WorkspaceValues
{
    private static readonly WorkspaceKey[] Keys = Enum.GetValues<WorkspaceKey>();

    internal static object? Of(WorkspaceConfiguration configuration, WorkspaceKey key) => key switch
    {
        WorkspaceKey.InitialSize => configuration.InitialSize,
        WorkspaceKey.MinSize => configuration.MinSize,
        WorkspaceKey.MaxSize => configuration.MaxSize,
        WorkspaceKey.OverallocationLimit => configuration.OverallocationLimit,
        WorkspaceKey.PolicyAllocation => configuration.PolicyAllocation,
        WorkspaceKey.PolicyLearning => configuration.PolicyLearning,
        WorkspaceKey.PolicySpill => configuration.PolicySpill,
        WorkspaceKey.PolicyMirroring => configuration.PolicyMirroring,
        WorkspaceKey.PolicyReset => configuration.PolicyReset,
        WorkspaceKey.PolicyLocation => configuration.PolicyLocation,
        WorkspaceKey.TempFilePath => configuration.TempFilePath,
        WorkspaceKey.CyclesBeforeInitialization => configuration.CyclesBeforeInitialization,
        WorkspaceKey.StepsNumber => configuration.StepsNumber,
        WorkspaceKey.TempBlockSize => configuration.TempBlockSize,
        WorkspaceKey.UseCycleDetector => configuration.UseCycleDetector,
        WorkspaceKey.WorkspaceMode => configuration.WorkspaceMode,
        WorkspaceKey.HelperAllowFallback => configuration.HelperAllowFallback,
        WorkspaceKey.HelperMinSize => configuration.HelperMinSize,
        WorkspaceKey.DebugMode => configuration.DebugMode,
        WorkspaceKey.Checks => configuration.Checks,
        WorkspaceKey.Lifetimes => configuration.Lifetimes,
        WorkspaceKey.MaxPlans => configuration.MaxPlans,
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "No such key."),
    };

    /// <summary>A value as it is written in a configuration file.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "(none)",
        long bytes => ByteSize.Format(bytes),
        AllocationPolicy policy => EnumNames.Format(policy),
        LearningPolicy policy => EnumNames.Format(policy),
        SpillPolicy policy => EnumNames.Format(policy),
        MirroringPolicy policy => EnumNames.Format(policy),
        ResetPolicy policy => EnumNames.Format(policy),
        LocationPolicy policy => EnumNames.Format(policy),
        WorkspaceMode mode => EnumNames.Format(mode),
        DebugMode mode => EnumNames.Format(mode),
        CheckMode mode => EnumNames.Format(mode),
        LifetimePolicy policy => EnumNames.Format(policy),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    internal static IReadOnlyList<string> Differences(WorkspaceConfiguration here, WorkspaceConfiguration there)
    {
        var differences = new List<string>();
        if (!string.Equals(here.Name, there.Name, StringComparison.OrdinalIgnoreCase))
            differences.Add($"Name: {here.Name ?? "(none)"} here, {there.Name ?? "(none)"} there");
        foreach (var key in Keys)
        {
            var (a, b) = (Of(here, key), Of(there, key));
            if (!Equals(a, b)) differences.Add($"{key}: {Text(a)} here, {Text(b)} there");
        }
        return differences;
    }

    internal static string Describe(WorkspaceConfiguration configuration)
    {
        var parts = new List<string> { $"Name = {configuration.Name ?? "(none)"}" };
        foreach (var key in Keys)
            if (configuration.IsWritten(key)) parts.Add($"{key} = {Text(Of(configuration, key))}");
        return $"{nameof(WorkspaceConfiguration)} {{ {string.Join(", ", parts)} }}";
    }
}
