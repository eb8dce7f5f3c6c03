using Microsoft.CodeAnalysis;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>What is known at one point of the code: the open scopes, innermost last, and the values of variables.</summary>
internal sealed class FlowState
{
    private readonly Dictionary<ISymbol, TrackedValue> _values = new(SymbolEqualityComparer.Default);
    private readonly List<PassScope> _open = [];

    /// <summary>The innermost open scope.</summary>
    internal PassScope? Current => _open.Count > 0 ? _open[_open.Count - 1] : null;

    internal IReadOnlyList<PassScope> OpenScopes => _open;

    internal TrackedValue? this[ISymbol symbol]
    {
        get => _values.TryGetValue(symbol, out TrackedValue? value) ? value : null;
        set
        {
            if (value is null) _values.Remove(symbol);
            else _values[symbol] = value;
        }
    }

    internal FlowState Clone()
    {
        var copy = new FlowState();
        foreach (KeyValuePair<ISymbol, TrackedValue> pair in _values) copy._values[pair.Key] = pair.Value;
        copy._open.AddRange(_open);
        return copy;
    }

    internal void Open(PassScope scope) => _open.Add(scope);

    /// <summary>The scope that a variable holds, if it is open.</summary>
    internal PassScope? ScopeOf(ISymbol? variable) => variable is null ? null : _open.FindLast(scope => SymbolEqualityComparer.Default.Equals(scope.Local, variable));

    /// <summary>The innermost open scope of a workspace variable.</summary>
    internal PassScope? ScopeIn(ISymbol? workspace) => workspace is null ? null : _open.FindLast(
        scope => SymbolEqualityComparer.Default.Equals(scope.Opener, workspace) || (scope.IsLease && SymbolEqualityComparer.Default.Equals(scope.Local, workspace)));

    /// <summary>Ends a scope and those inside it, with all that was made in them.</summary>
    internal void Close(PassScope scope, EndKind end, string by, SyntaxNode? at)
    {
        int index = _open.IndexOf(scope);
        if (index < 0) return;
        _open.RemoveRange(index, _open.Count - index);
        EndWhere(value => value.Birth is { } birth && birth.IsWithin(scope), end, by, at);
    }

    /// <summary>Ends a variable's tensor, with its views and its memory; spans and addresses stay good to the end of the pass.</summary>
    internal void EndVariable(ISymbol variable, TrackedValue last, EndKind end, string by, SyntaxNode? at)
    {
        EndWhere(value => value.Kind is not (ValueKind.Raw or ValueKind.Pointer) && SymbolEqualityComparer.Default.Equals(value.Source, variable), end, by, at);
        _values[variable] = last.Ended(end, by, at);
    }

    /// <summary>A variable holds something else from now on; what was taken from its old value has no owner by name any more.</summary>
    internal void Forget(ISymbol variable)
    {
        foreach (ISymbol key in Keys(value => SymbolEqualityComparer.Default.Equals(value.Source, variable))) _values[key] = _values[key].WithSource(null);
        _values.Remove(variable);
    }

    internal void EndWhere(Func<TrackedValue, bool> isMeant, EndKind end, string by, SyntaxNode? at)
    {
        foreach (ISymbol key in Keys(value => value.End == EndKind.None && isMeant(value))) _values[key] = _values[key].Ended(end, by, at);
    }

    /// <summary>What is known where two paths meet; null stands for a path that cannot be reached.</summary>
    internal static FlowState? Join(FlowState? a, FlowState? b)
    {
        if (a is null || b is null) return a ?? b;
        var joined = new FlowState();
        for (int i = 0; i < Math.Min(a._open.Count, b._open.Count) && a._open[i] == b._open[i]; i++) joined._open.Add(a._open[i]);
        foreach (ISymbol key in a._values.Keys.Union(b._values.Keys, SymbolEqualityComparer.Default).OfType<ISymbol>())
        {
            TrackedValue? value = TrackedValue.Join(a[key], b[key]);
            bool isLost = value is { End: EndKind.None, Birth: { } birth } && !joined._open.Contains(birth);
            if (!isLost) joined[key] = value;
        }

        return joined;
    }

    private List<ISymbol> Keys(Func<TrackedValue, bool> isMeant) => [.. _values.Where(pair => isMeant(pair.Value)).Select(static pair => pair.Key)];
}
