using Microsoft.CodeAnalysis;

namespace Workspaces.Analyzers;

/// <summary>The types of the library, found by metadata name in what is compiled; a program without them costs nothing more.</summary>
internal sealed class WorkspaceSymbols
{
    private static readonly (string Type, ScopeKind Kind, string[] Methods)[] CreatorTable =
    [
        ("Workspaces.Memory.WorkspaceManager", ScopeKind.Lease, ["Create", "Lease"]),
        ("Workspaces.Memory.Workspace", ScopeKind.Pass, ["Enter", "EnterOnThread"]),
        ("Workspaces.Memory.WorkspaceLease", ScopeKind.Pass, ["Enter", "EnterOnThread"]),
        ("Workspaces.Memory.Lanes", ScopeKind.Pass, ["Enter"]),
        ("Workspaces.Memory.Rings.RingSlot", ScopeKind.Other, ["Enter"]),
        ("Workspaces.Memory.Pass", ScopeKind.Other, ["Fork"]),
        ("Workspaces.Memory.WorkspacePool", ScopeKind.Other, ["Rent", "RentAsync"]),
        ("Workspaces.Memory.Rings.Ring", ScopeKind.Other, ["Acquire", "AcquireAsync", "AcquireNow", "Take", "TakeAsync", "Hold"]),
        ("Workspaces.Memory.Allocators.AllocatorScope", ScopeKind.Other, ["Use"]),
        ("Workspaces.Autograd.Gradients", ScopeKind.Other, ["Off"]),
        ("Workspaces.Autograd.Anomalies", ScopeKind.Other, ["Detect"]),
        ("Workspaces.Optim.WeightAverage", ScopeKind.Other, ["SwapIn"]),
    ];

    private static readonly string[] MortalNames =
        ["Workspaces.Memory.Block", "Workspaces.Tensors.Tensor", "Workspaces.NN.RecurrentOutput", "Workspaces.Seams.WorkspaceTensor`1"];

    private static readonly string[] RawNames =
        ["System.Span`1", "System.ReadOnlySpan`1", "System.Numerics.Tensors.TensorSpan`1", "System.Numerics.Tensors.ReadOnlyTensorSpan`1"];

    private static readonly string[] MemoryNames = ["System.Memory`1", "System.ReadOnlyMemory`1"];

    private readonly Dictionary<ISymbol, (ScopeKind Kind, string[] Methods)> _creators = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _mortals = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _spans = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _memories = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _assemblies = new(SymbolEqualityComparer.Default);

    private WorkspaceSymbols(Compilation compilation, INamedTypeSymbol workspace)
    {
        Workspace = workspace;
        foreach ((string name, ScopeKind kind, string[] methods) in CreatorTable)
        {
            if (compilation.GetTypeByMetadataName(name) is { } type) _creators[type] = (kind, methods);
        }

        Tensor = compilation.GetTypeByMetadataName("Workspaces.Tensors.Tensor");
        Fill(_mortals, compilation, MortalNames);
        Fill(_spans, compilation, RawNames);
        Fill(_memories, compilation, MemoryNames);
        foreach (ISymbol mortal in _mortals) _assemblies.Add(mortal.ContainingAssembly);
    }

    /// <summary>The class Workspace.</summary>
    internal INamedTypeSymbol Workspace { get; }

    /// <summary>The struct Tensor, or null when only the memory core is referenced.</summary>
    internal INamedTypeSymbol? Tensor { get; }

    /// <summary>Looks the types up.</summary>
    /// <returns>Null when the library is not referenced.</returns>
    internal static WorkspaceSymbols? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Workspaces.Memory.Workspace") is { } workspace ? new WorkspaceSymbols(compilation, workspace) : null;

    /// <summary>What a method opens.</summary>
    internal ScopeKind KindOf(IMethodSymbol method)
    {
        if (method.ReturnsVoid || method.ReturnType.SpecialType != SpecialType.None) return ScopeKind.None;
        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.BaseType)
        {
            if (_creators.TryGetValue(type.OriginalDefinition, out (ScopeKind Kind, string[] Methods) creator))
                return Array.IndexOf(creator.Methods, method.Name) >= 0 ? creator.Kind : ScopeKind.None;
        }

        return ScopeKind.None;
    }

    /// <summary>True for members of the library itself, whose contracts are known.</summary>
    internal bool IsOurs(ISymbol symbol) => symbol.ContainingAssembly is { } assembly && _assemblies.Contains(assembly);

    /// <summary>True for a method that is declared in the library, or overrides one: it makes its results in the ambient pass.</summary>
    internal bool IsOp(IMethodSymbol method)
    {
        for (IMethodSymbol? at = method; at is not null; at = at.OverriddenMethod)
        {
            if (IsOurs(at.OriginalDefinition)) return true;
        }

        return false;
    }

    /// <summary>True for tensors, blocks and what is made of them: values that die with a pass.</summary>
    internal bool IsMortal(ITypeSymbol? type) => type switch
    {
        null => false,
        IArrayTypeSymbol array => IsMortal(array.ElementType),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(element => IsMortal(element.Type)),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => IsMortal(nullable.TypeArguments[0]),
        _ => _mortals.Contains(type.OriginalDefinition),
    };

    /// <summary>True for spans.</summary>
    internal bool IsSpan(ITypeSymbol? type) => type is not null && _spans.Contains(type.OriginalDefinition);

    /// <summary>True for spans, memory and pointers, in whatever dress.</summary>
    internal bool IsRaw(ITypeSymbol? type) => type is not null && (IsSpan(type) || _memories.Contains(type.OriginalDefinition) || IsPointer(type));

    /// <summary>True for addresses, which nothing checks.</summary>
    internal static bool IsPointer(ITypeSymbol? type) =>
        type is IPointerTypeSymbol || type?.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr;

    private static void Fill(HashSet<ISymbol> set, Compilation compilation, string[] names)
    {
        foreach (string name in names)
        {
            if (compilation.GetTypeByMetadataName(name) is { } type) set.Add(type);
        }
    }
}
