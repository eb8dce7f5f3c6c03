using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.Memory;
using Workspaces.Memory.Configuration;

namespace Workspaces.Hosting.Configuration;

/// <summary>Turns one configuration text into one simple value, strictly and in every culture alike.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class SimpleValues
{
    /// <summary>Reads <paramref name="text"/> as a <paramref name="type"/>.</summary>
    /// <returns>What the type accepts when the text is not one of them, null when it is.</returns>
    internal static string? Read(string text, Type type, bool isSize, out object? value)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        value = null;
        if (bare == typeof(ByteSize) || (isSize && bare == typeof(long))) return ReadSize(text, bare, out value);
        if (bare.IsEnum)
            return EnumNames.TryParse(bare, text, out value) ? null : "the values are " + EnumNames.Allowed(bare);
        if (bare == typeof(string))
        {
            value = text;
            return null;
        }
        if (bare == typeof(bool))
        {
            value = bool.TryParse(text, out var flag) ? flag : null;
            return value is null ? "the values are true, false" : null;
        }
        return ReadNumber(text, bare, out value);
    }

    /// <summary>A value as it is written in a configuration file.</summary>
    internal static string Format(object? value, bool isSize) => value switch
    {
        null => "(none)",
        long bytes when isSize => ByteSize.Format(bytes),
        bool flag => flag ? "true" : "false",
        Enum choice => EnumNames.Format(choice.GetType(), choice),
        string text => text,
        System.Collections.IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(item => Format(item, isSize))) + "]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string? ReadSize(string text, Type type, out object? value)
    {
        value = null;
        if (!ByteSize.TryParse(text, out var size, out var error)) return error;
        value = type == typeof(long) ? size.Bytes : size;
        return null;
    }

    private static string? ReadNumber(string text, Type type, out object? value)
    {
        const NumberStyles Whole = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(int))
        {
            value = int.TryParse(text, Whole, culture, out var number) ? number : null;
            return value is null ? $"a whole number from {int.MinValue} to {int.MaxValue} is needed" : null;
        }
        if (type == typeof(long))
        {
            value = long.TryParse(text, Whole, culture, out var number) ? number : null;
            return value is null ? $"a whole number from {long.MinValue} to {long.MaxValue} is needed" : null;
        }
        if (type == typeof(float))
        {
            value = float.TryParse(text, NumberStyles.Float, culture, out var number) && float.IsFinite(number) ? number : null;
            return value is null ? "a finite number with a decimal point, as in 0.001, is needed" : null;
        }
        value = double.TryParse(text, NumberStyles.Float, culture, out var real) && double.IsFinite(real) ? real : null;
        return value is null ? "a finite number with a decimal point, as in 0.001, is needed" : null;
    }
}
