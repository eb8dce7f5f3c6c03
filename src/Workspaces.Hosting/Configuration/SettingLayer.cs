using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>The settings of a command line, each <c>Section:Key=Value</c>; of two with the same key the later one wins.</summary>
internal static class SettingLayer
{
    internal static ConfigurationLayer Read(
        string name, string folder, IEnumerable<string> settings, List<ConfigurationProblem> problems)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? setting.Trim() : setting[..equals].Trim();
            if (Fault(key, equals) is { } fault)
                problems.Add(new ConfigurationProblem(
                    name, $"'{setting}'", fault, "Write Section:Key=Value, as Workspaces:step:MaxSize=64MiB"));
            else
                values[key] = setting[(equals + 1)..].Trim();
        }
        return new ConfigurationLayer(name, folder, values);
    }

    private static string? Fault(string key, int equals)
    {
        if (equals < 0) return "there is no '='";
        var parts = key.Split(':');
        if (Array.Exists(parts, string.IsNullOrWhiteSpace)) return "a part of the key is empty";
        return parts.Length < 2 ? "the key has no section" : null;
    }
}
