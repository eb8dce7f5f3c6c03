namespace Workspaces.Memory.Configuration;

/// <summary>The rules of the configuration that holds for the whole process.</summary>
internal static class ManagerValidation
{
    internal static IReadOnlyList<ConfigurationProblem> Check(WorkspaceManagerConfiguration configuration, string path)
    {
        var problems = new List<ConfigurationProblem>();
        Add(problems, ModeProblem($"{path}:WorkspaceMode", configuration.WorkspaceMode));
        Add(problems, ModeProblem($"{path}:DebugMode", configuration.DebugMode));
        Add(problems, SupportedValues.Problem(path, WorkspaceKey.WorkspaceMode, configuration.WorkspaceMode));
        Add(problems, SupportedValues.Problem(path, WorkspaceKey.DebugMode, configuration.DebugMode));
        Add(problems, WorkspaceValidation.SizeProblem($"{path}:MemoryLimit", configuration.MemoryLimit));
        if (configuration.MaxWorkspaces < 0)
            problems.Add(new ConfigurationProblem(
                $"{path}:MaxWorkspaces", $"MaxWorkspaces = {configuration.MaxWorkspaces}", "it is a count, 0 means any number",
                "Write 0 or more"));
        foreach (var (name, bytes) in configuration.Quotas) CheckQuota(problems, configuration, $"{path}:Quotas:{name}", name, bytes);
        if (problems.Count > 0) return problems;
        if (configuration.MemoryLimit > 0) problems.Add(NotBuilt($"{path}:MemoryLimit", "a limit over all workspaces"));
        if (configuration.Quotas.Count > 0) problems.Add(NotBuilt($"{path}:Quotas", "a cap by name for the whole process"));
        return problems;
    }

    private static ConfigurationProblem NotBuilt(string path, string what) => new(
        path, what, "it is not built yet in this version", "Leave the key out and write MaxSize for each workspace");

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
