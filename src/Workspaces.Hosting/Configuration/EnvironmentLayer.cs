using System.Collections;

namespace Workspaces.Hosting.Configuration;

/// <summary>
/// The environment variables that mean configuration: <c>Workspaces__step__MaxSize</c>. Only names with a double underscore behind a
/// known section count, because a variable that is merely called DATA or MODEL is somebody else's.
/// </summary>
internal static class EnvironmentLayer
{
    private const string Separator = "__";

    internal static ConfigurationLayer Read(string name, string folder, IDictionary variables, IReadOnlyCollection<string> sections)
    {
        var values = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in variables) values.Add((string)variable.Key, (string?)variable.Value);
        var layer = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (variable, value) in values)
        {
            var end = variable.IndexOf(Separator, StringComparison.Ordinal);
            if (end <= 0 || !sections.Contains(variable[..end], StringComparer.OrdinalIgnoreCase)) continue;
            layer[variable.Replace(Separator, ":", StringComparison.Ordinal)] = value;
        }
        return new ConfigurationLayer(name, folder, layer);
    }
}
