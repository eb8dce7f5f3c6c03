namespace Workspaces.Memory.Configuration;

/// <summary>Which names a workspace may have: they are sections of a configuration, and parts of environment variables and files.</summary>
internal static class WorkspaceNames
{
    private const int LongestName = 128;

    private static readonly string[] Reserved = ["Manager", "Defaults"];
    private static readonly string[] Separators = [":", "__", "=", "/", "\\"];

    /// <summary>What is wrong with <paramref name="name"/> at <paramref name="path"/>, null when nothing is.</summary>
    internal static ConfigurationProblem? Problem(string path, string? name)
    {
        if (name is null) return null;
        var wrong = Fault(name);
        return wrong is null
            ? null
            : new ConfigurationProblem(path, $"a workspace named '{name}'", wrong, "Choose letters, digits, '-', '.' and single '_'");
    }

    private static string? Fault(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) return "a name cannot be empty";
        if (name.Length > LongestName) return $"a name has at most {LongestName} characters, this one has {name.Length}";
        if (name.Trim().Length != name.Length) return "a name does not start or end with a blank";
        if (Array.Exists(Reserved, word => word.Equals(name, StringComparison.OrdinalIgnoreCase)))
            return $"{string.Join(" and ", Reserved)} are sections of the configuration themselves";
        var separator = Array.Find(Separators, part => name.Contains(part, StringComparison.Ordinal));
        if (separator is not null) return $"'{separator}' separates keys, values or folders";
        if (name.Any(char.IsControl)) return "a name holds no control characters";
        return name is "." or ".." ? "this is the name of a folder" : null;
    }
}
