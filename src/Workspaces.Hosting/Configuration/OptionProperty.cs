using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>How the binder sees one property of an options type.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal sealed class OptionProperty
{
    private static readonly FrozenSet<Type> SimpleTypes = new[]
    {
        typeof(string), typeof(bool), typeof(int), typeof(long), typeof(float), typeof(double), typeof(ByteSize),
    }.ToFrozenSet();

    private readonly PropertyInfo _property;

    private OptionProperty(PropertyInfo property)
    {
        _property = property;
        IsSize = property.IsDefined(typeof(SizeInBytesAttribute), inherit: true);
        ElementType = ElementOf(property.PropertyType);
        MapType = MapOf(property.PropertyType);
    }

    internal string Name => _property.Name;

    internal Type Type => _property.PropertyType;

    /// <summary>Whether its numbers are sizes in bytes.</summary>
    internal bool IsSize { get; }

    /// <summary>For an array or a read-only list of simple values: their type.</summary>
    internal Type? ElementType { get; }

    /// <summary>For a map from names to simple values: the type of the values.</summary>
    internal Type? MapType { get; }

    internal bool IsSimple => IsSimpleType(Type);

    internal MemberInfo Member => _property;

    private bool IsBindable => IsSimple || ElementType is not null || MapType is not null
        || (Type is { IsClass: true, IsAbstract: false, IsArray: false } && Type.GetConstructor(Type.EmptyTypes) is not null);

    /// <summary>The properties of a type that configuration can write (set or init), without those in <paramref name="except"/>.</summary>
    internal static OptionProperty[] Of(Type type, params ReadOnlySpan<string> except)
    {
        var properties = new List<OptionProperty>();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0 || property.SetMethod is not { IsPublic: true }) continue;
            if (Contains(except, property.Name)) continue;
            var option = new OptionProperty(property);
            properties.Add(option.IsBindable ? option : throw new NotSupportedException(
                $"{type.Name}.{property.Name} cannot be bound: it is a {property.PropertyType}. StrictBinder knows simple values, arrays, "
                + "read-only lists and maps of them, and classes with a parameterless constructor; lists of components are created by a "
                + "ComponentRegistry. Change the type, or take away its setter."));
        }
        return [.. properties];
    }

    /// <summary>Whether <paramref name="type"/> is written as one text.</summary>
    internal static bool IsSimpleType(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsEnum || SimpleTypes.Contains(bare);
    }

    internal object? Get(object target) => _property.GetValue(target);

    internal void Set(object target, object? value) => _property.SetValue(target, value);

    internal bool AcceptsNull() => Nullable.GetUnderlyingType(Type) is not null
        || (!Type.IsValueType && new NullabilityInfoContext().Create(_property).WriteState == NullabilityState.Nullable);

    private static Type? ElementOf(Type type)
    {
        var element = type.IsArray ? type.GetElementType()
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0]
            : null;
        return element is not null && IsSimpleType(element) ? element : null;
    }

    private static Type? MapOf(Type type)
    {
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IReadOnlyDictionary<,>)) return null;
        var arguments = type.GetGenericArguments();
        return arguments[0] == typeof(string) && IsSimpleType(arguments[1]) ? arguments[1] : null;
    }

    private static bool Contains(ReadOnlySpan<string> names, string name)
    {
        foreach (var candidate in names)
            if (candidate.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
