namespace Workspaces.Memory.Configuration;

/// <summary>The rules of the configuration that holds for the whole process.</summary>
internal static class ManagerValidation
{
    internal static IReadOnlyList<ConfigurationProblem> Check(WorkspaceManagerConfiguration configuration, string path)
    {
        var problems = new List<ConfigurationProblem>();
        Add(problems, ModeProblem($"{path}:WorkspaceMode", configuration.WorkspaceMode));
        Add(problems, ModeProblem($"{path}:DebugMode", configuration.DebugMode));
        Add(problems, WorkspaceValidation.SizeProblem($"{path}:MemoryLimit", configuration.MemoryLimit));
        if (configuration.MaxWorkspaces < 0)
            problems.Add(new ConfigurationProblem(
                $"{path}:MaxWorkspaces", $"MaxWorkspaces = {configuration.MaxWorkspaces}", "it is a count, 0 means any number",
                "Write 0 or more"));
        foreach (var (name, bytes) in configuration.Quotas) CheckQuota(problems, configuration, $"{path}:Quotas:{name}", name, bytes);
        if (configuration.TrimSeconds < 0)
            problems.Add(new ConfigurationProblem(
                $"{path}:TrimSeconds", $"TrimSeconds = {configuration.TrimSeconds}", "it is a time in seconds, 0 means never", "Write 0 or more"));
        if (configuration.TrimPressure is not (> 0 and <= 1))
            problems.Add(new ConfigurationProblem(
                $"{path}:TrimPressure", FormattableString.Invariant($"TrimPressure = {configuration.TrimPressure}"),
                "it is a part of the memory that the system or the container has", "Write more than 0 and at most 1, as 0.9"));
        return problems;
    }

    private static void CheckQuota(
        List<ConfigurationProblem> problems, WorkspaceManagerConfiguration configuration, string path, string name, long bytes)
    {
        Add(problems, WorkspaceNames.Problem(path, name));
        Add(problems, WorkspaceValidation.SizeProblem(path, bytes));
        if (configuration.MemoryLimit > 0 && bytes > configuration.MemoryLimit)
            problems.Add(new ConfigurationProblem(
                path,
                $"a quota of {ByteSize.Format(bytes)}",
                $"it is above MemoryLimit = {ByteSize.Format(configuration.MemoryLimit)}",
                "Lower the quota or raise MemoryLimit (0 means no cap)"));
    }

    private static ConfigurationProblem? ModeProblem<TEnum>(string path, TEnum value)
        where TEnum : struct, Enum => Enum.IsDefined(value)
        ? null
        : new ConfigurationProblem(path, $"mode {value:d}", "no mode has this number", "Write one of the declared names");

    private static void Add(List<ConfigurationProblem> problems, ConfigurationProblem? problem)
    {
        if (problem is not null) problems.Add(problem);
    }
}
