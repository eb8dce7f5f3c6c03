using System.Globalization;
using Microsoft.Extensions.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>
/// Lists in configuration are keys 0, 1, 2 …, and layers merge them by index: a layer can leave a gap that no file shows.
/// </summary>
internal static class ConfigurationLists
{
    /// <summary>The elements in order; null, with a problem added, when the section is no list or has gaps.</summary>
    internal static List<IConfigurationSection>? Items(IConfigurationSection section, List<ConfigurationProblem> problems)
    {
        var items = section.GetChildren().ToList();
        if (items.Count == 0 && !string.IsNullOrEmpty(section.Value))
        {
            problems.Add(new ConfigurationProblem(
                section.Path, $"the text '{section.Value}'", "a list is needed here", "Write a list: [ … ]"));
            return null;
        }
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Key == i.ToString(CultureInfo.InvariantCulture)) continue;
            problems.Add(new ConfigurationProblem(
                items[i].Path,
                $"the element '{items[i].Key}'",
                $"the element after {i} others has the number {i}",
                "Number the elements from 0 without gaps; layers merge lists by number"));
            return null;
        }
        return items;
    }
}
