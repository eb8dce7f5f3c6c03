using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>A pass, or the implicit outer pass of a lease, that is opened in the code at hand.</summary>
internal sealed class PassScope
{
    internal PassScope(IInvocationOperation creation, ScopeKind kind, ILocalSymbol? local, PassScope? outer, bool endsWithBlock)
    {
        Creation = creation;
        IsLease = kind == ScopeKind.Lease;
        Local = local;
        Outer = outer;
        EndsWithBlock = endsWithBlock;
        Opener = creation.Receiver().Root();
    }

    internal IInvocationOperation Creation { get; }

    internal bool IsLease { get; }

    /// <summary>The variable that holds it; null for <c>using (ws.Enter())</c>.</summary>
    internal ILocalSymbol? Local { get; }

    /// <summary>The scope around it that is opened in the same code.</summary>
    internal PassScope? Outer { get; }

    /// <summary>True for <c>using</c> and for what a finally block disposes: a return ends it.</summary>
    internal bool EndsWithBlock { get; }

    /// <summary>The variable whose Enter it is: a workspace or a lease.</summary>
    internal ISymbol? Opener { get; }

    /// <summary>How messages name it.</summary>
    internal string Name => Local?.Name ?? Creation.Syntax.ToString();

    internal bool IsWithin(PassScope other)
    {
        for (PassScope? at = this; at is not null; at = at.Outer)
        {
            if (at == other) return true;
        }

        return false;
    }

    /// <summary>True when a variable was declared after the scope was opened, and so dies inside it.</summary>
    internal bool Encloses(ISymbol? variable) =>
        variable is ILocalSymbol { DeclaringSyntaxReferences: { Length: > 0 } at } && at[0].Span.Start > Creation.Syntax.SpanStart;

    /// <summary>An expression that a tensor can be moved to so that it outlives this scope, or null where none is at hand.</summary>
    internal string? MoveTarget(WorkspaceSymbols symbols)
    {
        if (Outer?.Local is { } outer)
            return Outer.IsLease ? outer.Name + ".OuterPass" : outer.Type.Name == "ThreadPass" ? outer.Name + ".Pass" : outer.Name;
        if (IsLease || Creation.Receiver() is not { } receiver) return null;
        if (receiver.Peeled() is not (ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation)) return null;
        if (SymbolEqualityComparer.Default.Equals(receiver.Type, symbols.Workspace)) return receiver.Syntax + ".OuterPass";
        return receiver.Type?.Name == "WorkspaceLease" ? receiver.Syntax + ".Workspace.OuterPass" : null;
    }
}
