using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>
/// Binds configuration sections into options objects and accepts nothing that it does not understand: unknown keys, wrong types,
/// numbers out of range. It goes on after a problem, so that one look shows them all. Options are classes or records with a
/// parameterless constructor whose set or init properties are strings, booleans, <see cref="int"/>, <see cref="long"/>,
/// <see cref="float"/>, <see cref="double"/>, enums, sizes (<see cref="ByteSize"/>, or <see cref="SizeInBytesAttribute"/> on a
/// <see cref="long"/>), nullables of these, arrays or read-only lists or name maps of these, or such options again. Ranges are
/// attributes of System.ComponentModel.DataAnnotations. Keys compare without case.
/// </summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
public sealed class StrictBinder
{
    private const int LongestShownText = 120;

    private readonly List<ConfigurationProblem> _problems = [];

    /// <summary>What was wrong in everything that was bound so far.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems => _problems;

    /// <summary>Binds one section and throws when anything is wrong in it.</summary>
    /// <typeparam name="T">The options.</typeparam>
    /// <param name="section">The section; one that is not there leaves the defaults.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ConfigurationException">All problems.</exception>
    public static T Read<T>(IConfigurationSection section)
        where T : class, new()
    {
        var binder = new StrictBinder();
        var options = binder.Bind<T>(section);
        binder.ThrowIfInvalid();
        return options;
    }

    /// <summary>Binds one section into new options; problems are collected.</summary>
    /// <typeparam name="T">The options.</typeparam>
    /// <param name="section">The section; one that is not there leaves the defaults.</param>
    /// <param name="except">Keys that belong to somebody else: allowed in the section, not bound.</param>
    /// <returns>The options; properties whose text was wrong keep their defaults.</returns>
    public T Bind<T>(IConfigurationSection section, params ReadOnlySpan<string> except)
        where T : class, new()
    {
        var options = new T();
        BindInto(options, section, except);
        return options;
    }

    /// <summary>Binds one section over the values that <paramref name="target"/> has; problems are collected.</summary>
    /// <param name="target">The options, not yet seen by anybody else: init properties are written too.</param>
    /// <param name="section">The section; one that is not there changes nothing.</param>
    /// <param name="except">Keys that belong to somebody else: allowed in the section, not bound.</param>
    public void BindInto(object target, IConfigurationSection section, params ReadOnlySpan<string> except)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(section);
        if (!string.IsNullOrEmpty(section.Value))
            Add(section.Path, $"the text '{Shorten(section.Value)}'", "this is a section with keys of its own", "Write an object: { … }");
        var properties = OptionProperty.Of(target.GetType(), except);
        foreach (var child in section.GetChildren())
        {
            if (IsOneOf(except, child.Key)) continue;
            if (Find(properties, child.Key) is { } property) BindProperty(target, property, child);
            else AddUnknown(child, properties);
        }
        foreach (var property in properties) BindDefaultSection(target, property, section);
        OptionRules.Check(target, properties, section.Path, _problems);
    }

    /// <summary>Adds what somebody else found, so that it is thrown together with the rest.</summary>
    /// <param name="problems">The problems.</param>
    public void Add(IEnumerable<ConfigurationProblem> problems) => _problems.AddRange(problems);

    /// <summary>Throws when there were problems.</summary>
    /// <exception cref="ConfigurationException">All problems.</exception>
    public void ThrowIfInvalid()
    {
        if (_problems.Count > 0) throw new ConfigurationException([.. _problems]);
    }

    private void BindProperty(object target, OptionProperty property, IConfigurationSection section)
    {
        if (property.IsSimple) BindSimple(target, property, section);
        else if (property.ElementType is { } element) BindList(target, property, element, section);
        else if (property.MapType is { } map) BindMap(target, property, map, section);
        else if (property.Get(target) is null) BindNew(target, property, section);
    }

    /// <summary>A nested object that the section does not name still has defaults whose rules must hold.</summary>
    private void BindDefaultSection(object target, OptionProperty property, IConfigurationSection section)
    {
        if (property.IsSimple || property.ElementType is not null || property.MapType is not null) return;
        if (property.Get(target) is { } nested) BindInto(nested, section.GetSection(property.Name));
    }

    private void BindNew(object target, OptionProperty property, IConfigurationSection section)
    {
        if (section.Value is null && !section.GetChildren().Any() && property.AcceptsNull()) return;
        property.Set(target, Activator.CreateInstance(property.Type));
    }

    private void BindSimple(object target, OptionProperty property, IConfigurationSection section)
    {
        if (section.GetChildren().Any())
        {
            Add(section.Path, "an object or a list", "one value is needed here", "Write one value");
            return;
        }
        if (section.Value is null)
        {
            if (property.AcceptsNull()) property.Set(target, null);
            else Add(section.Path, "null", "a value is needed here", "Write a value, or leave the key out");
            return;
        }
        if (TryRead(section, section.Value, property.Type, property.IsSize, out var value)) property.Set(target, value);
    }

    private void BindList(object target, OptionProperty property, Type element, IConfigurationSection section)
    {
        var items = ConfigurationLists.Items(section, _problems);
        if (items is null) return;
        var array = Array.CreateInstance(element, items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Value is not { } text || items[i].GetChildren().Any())
                Add(items[i].Path, "null, an object or a list", "one value is needed here", "Write one value");
            else if (TryRead(items[i], text, element, property.IsSize, out var value))
                array.SetValue(value, i);
        }
        property.Set(target, array);
    }

    private void BindMap(object target, OptionProperty property, Type type, IConfigurationSection section)
    {
        var map = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), type))!;
        if (!string.IsNullOrEmpty(section.Value))
            Add(section.Path, $"the text '{Shorten(section.Value)}'", "names with a value each are needed here", "Write an object: { … }");
        foreach (var entry in section.GetChildren())
        {
            if (entry.Value is not { } text || entry.GetChildren().Any())
                Add(entry.Path, "null, an object or a list", "one value is needed here", "Write one value");
            else if (TryRead(entry, text, type, property.IsSize, out var value))
                map.Add(entry.Key, value);
        }
        property.Set(target, map);
    }

    private bool TryRead(IConfigurationSection section, string text, Type type, bool isSize, out object? value)
    {
        var fault = SimpleValues.Read(text, type, isSize, out value);
        if (fault is null) return true;
        var remedy = isSize || type == typeof(ByteSize) ? "Write bytes (4096) or a unit (64 MiB, 1.5 GB)" : "Change the value";
        Add(section.Path, $"{section.Key} = '{Shorten(text)}'", fault, remedy);
        return false;
    }

    private void AddUnknown(IConfigurationSection child, OptionProperty[] properties) =>
        Add(child.Path, $"the key '{child.Key}'", "there is no such key", Suggestion.For(child.Key, [.. properties.Select(p => p.Name)]));

    private void Add(string path, string asked, string numbers, string remedy) =>
        _problems.Add(new ConfigurationProblem(path, asked, numbers, remedy));

    private static OptionProperty? Find(OptionProperty[] properties, string key) =>
        Array.Find(properties, property => property.Name.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static bool IsOneOf(ReadOnlySpan<string> names, string key)
    {
        foreach (var name in names)
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static string Shorten(string text) => text.Length <= LongestShownText ? text : text[..LongestShownText] + "…";
}
