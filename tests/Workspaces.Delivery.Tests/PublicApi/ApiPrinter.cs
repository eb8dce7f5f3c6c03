using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Workspaces.Delivery.Tests.PublicApi;

/// <summary>Prints what an assembly shows to its users: types, members, nullable annotations, constraints and default values, in an order that does not depend on the sources.</summary>
internal static class ApiPrinter
{
    private static readonly SymbolDisplayFormat TypeFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        parameterOptions: Parameters,
        miscellaneousOptions: Details,
        kindOptions: SymbolDisplayKindOptions.None);

    private static readonly SymbolDisplayFormat MemberFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeAccessibility,
        parameterOptions: Parameters,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        miscellaneousOptions: Details);

    private const SymbolDisplayParameterOptions Parameters = SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
        | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeModifiers | SymbolDisplayParameterOptions.IncludeExtensionThis;

    private const SymbolDisplayMiscellaneousOptions Details = SymbolDisplayMiscellaneousOptions.UseSpecialTypes
        | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral;

    internal static string Print(string assemblyPath)
    {
        var compilation = CSharpCompilation.Create(
            "Api",
            references: ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Append(assemblyPath).Distinct()
                .Select(static path => MetadataReference.CreateFromFile(path)));
        var assembly = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(compilation.References.Single(reference => reference.Display == assemblyPath))!;
        var text = new StringBuilder();
        foreach (INamespaceSymbol space in Namespaces(assembly.GlobalNamespace).OrderBy(static space => space.ToDisplayString(), StringComparer.Ordinal))
        {
            INamedTypeSymbol[] types = [.. space.GetTypeMembers().Where(IsShown).OrderBy(static type => type.MetadataName, StringComparer.Ordinal)];
            if (types.Length == 0) continue;
            text.Append("namespace ").Append(space.ToDisplayString()).Append('\n');
            foreach (INamedTypeSymbol type in types) Print(text, type, "  ");
        }

        return text.ToString();
    }

    private static void Print(StringBuilder text, INamedTypeSymbol type, string indent)
    {
        text.Append(indent).Append(Head(type)).Append('\n');
        if (type.TypeKind == TypeKind.Delegate) return;
        foreach (string member in Members(type).Order(StringComparer.Ordinal)) text.Append(indent).Append("  ").Append(member).Append('\n');
        foreach (INamedTypeSymbol inner in type.GetTypeMembers().Where(IsShown).OrderBy(Head, StringComparer.Ordinal)) Print(text, inner, indent + "  ");
    }

    private static string Head(INamedTypeSymbol type)
    {
        if (type.IsExtension) return $"extension({type.ExtensionParameter!.ToDisplayString(TypeFormat)})";
        string modifiers = type switch
        {
            { TypeKind: TypeKind.Class, IsStatic: true } => "static ",
            { TypeKind: TypeKind.Class, IsAbstract: true } => "abstract ",
            { TypeKind: TypeKind.Class, IsSealed: true } => "sealed ",
            { TypeKind: TypeKind.Struct } => (type.IsReadOnly ? "readonly " : "") + (type.IsRefLikeType ? "ref " : ""),
            _ => "",
        };
        string kind = type.IsRecord ? type.TypeKind == TypeKind.Struct ? "record struct" : "record"
            : type.TypeKind == TypeKind.Enum ? $"enum" : type.TypeKind.ToString().ToUpperInvariant() switch { "CLASS" => "class", "STRUCT" => "struct", "INTERFACE" => "interface", _ => "delegate" };
        string access = type.DeclaredAccessibility == Accessibility.Public ? "public" : "protected";
        IEnumerable<string> bases = (type.BaseType is { SpecialType: SpecialType.None } parent && type.TypeKind == TypeKind.Class ? [parent] : Array.Empty<INamedTypeSymbol>())
            .Concat(type.TypeKind == TypeKind.Enum ? [] : type.Interfaces.Where(static one => one.DeclaredAccessibility == Accessibility.Public)
                .OrderBy(static one => one.ToDisplayString(), StringComparer.Ordinal))
            .Select(static one => one.ToDisplayString(TypeFormat));
        string list = string.Join(", ", bases);
        string name = type.ToDisplayString(TypeFormat);
        string constraints = type.ToDisplayString(TypeFormat.AddGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeConstraints))[name.Length..];
        return $"{access} {modifiers}{kind} {name}{(list.Length > 0 ? " : " + list : "")}{constraints}";
    }

    private static IEnumerable<string> Members(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Enum)
            return type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).Select(static field => $"{field.Name} = {field.ConstantValue}");
        HashSet<string> inBlocks = [.. type.GetTypeMembers().Where(static inner => inner.IsExtension).SelectMany(static inner => inner.GetMembers()).Select(static member => member.Name)];
        return type.GetMembers()
            .Where(IsShown)
            .Where(static member => member is not INamedTypeSymbol and not IMethodSymbol { AssociatedSymbol: not null })
            .Where(static member => !member.IsImplicitlyDeclared && !IsGenerated(member) && !IsOfObject(member))
            .Where(member => !IsImplementation(member, inBlocks))
            .Select(static member => member.ToDisplayString(MemberFormat));
    }

    /// <summary>A static method that the compiler makes of a member of an extension block.</summary>
    private static bool IsImplementation(ISymbol member, HashSet<string> inBlocks) =>
        inBlocks.Count > 0 && member is IMethodSymbol { IsStatic: true } method
        && (inBlocks.Contains(method.Name) || (method.Name.Length > 4 && method.Name[3] == '_' && inBlocks.Contains(method.Name[4..])));

    private static bool IsGenerated(ISymbol member) => member.GetAttributes().Any(static one => one.AttributeClass?.Name == "CompilerGeneratedAttribute");

    private static bool IsOfObject(ISymbol member) => member is IMethodSymbol { IsOverride: true, Name: "ToString" or "GetHashCode" or "Equals" };

    private static bool IsShown(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && !(symbol is INamedTypeSymbol { IsExtension: false } && symbol.Name.StartsWith('<'));

    private static IEnumerable<INamespaceSymbol> Namespaces(INamespaceSymbol space) => space.GetNamespaceMembers().SelectMany(Namespaces).Prepend(space);
}
