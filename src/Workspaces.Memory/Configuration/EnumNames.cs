using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Workspaces.Memory.Configuration;

/// <summary>
/// Reads and prints the values of configuration enums by name only: the runtime's own parser also takes numbers and comma lists,
/// and its printer may choose an alias.
/// </summary>
public static class EnumNames
{
    /// <summary>The value called <paramref name="text"/> (any case, aliases too).</summary>
    /// <param name="enumType">The enum.</param>
    /// <param name="text">The name that was written.</param>
    /// <param name="value">The boxed value, or null when there is none of that name.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] Type enumType,
        string text,
        [NotNullWhen(true)] out object? value)
    {
        ArgumentNullException.ThrowIfNull(text);
        var name = text.Trim();
        foreach (var member in Members(enumType))
        {
            if (!string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)) continue;
            value = member.GetValue(null)!;
            return true;
        }
        value = null;
        return false;
    }

    /// <summary>The first name of <paramref name="value"/>, or its number when it is none of the declared values.</summary>
    /// <param name="enumType">The enum.</param>
    /// <param name="value">The boxed value.</param>
    /// <returns>The name.</returns>
    public static string Format(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] Type enumType, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        foreach (var member in Members(enumType))
            if (!IsAlias(member) && member.GetValue(null)!.Equals(value)) return member.Name;
        return Enum.Format(enumType, value, "d");
    }

    /// <summary>The first name of <paramref name="value"/>, or its number when it is none of the declared values.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>The name.</returns>
    public static string Format<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] TEnum>(TEnum value)
        where TEnum : struct, Enum => Format(typeof(TEnum), value);

    /// <summary>All names with their aliases, as an error prints them: <c>None, Optimized (alias FirstLoop)</c>.</summary>
    /// <param name="enumType">The enum.</param>
    /// <returns>The list.</returns>
    public static string Allowed([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] Type enumType)
    {
        var members = Members(enumType);
        var names = new List<string>();
        foreach (var member in members)
        {
            if (IsAlias(member)) continue;
            var aliases = members.Where(m => IsAlias(m) && m.GetValue(null)!.Equals(member.GetValue(null))).Select(m => m.Name).ToArray();
            names.Add(aliases.Length == 0 ? member.Name : $"{member.Name} (alias {string.Join(", ", aliases)})");
        }
        return string.Join(", ", names);
    }

    private static FieldInfo[] Members([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] Type enumType)
    {
        ArgumentNullException.ThrowIfNull(enumType);
        return enumType.GetFields(BindingFlags.Public | BindingFlags.Static);
    }

    private static bool IsAlias(FieldInfo member) => member.IsDefined(typeof(EnumAliasAttribute), inherit: false);
}
