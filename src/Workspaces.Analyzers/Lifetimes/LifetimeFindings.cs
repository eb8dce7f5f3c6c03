using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>Reports what a walk finds, each place and each variable once: loops are walked twice, and one mistake should not make ten messages.</summary>
internal sealed class LifetimeFindings
{
    private readonly HashSet<(string Id, int Start)> _places = [];
    private readonly HashSet<ISymbol> _variables = new(SymbolEqualityComparer.Default);
    private readonly Action<Diagnostic> _report;
    private readonly WorkspaceSymbols _symbols;

    internal LifetimeFindings(WorkspaceSymbols symbols, Action<Diagnostic> report)
    {
        _symbols = symbols;
        _report = report;
    }

    /// <summary>WS0002, or WS0004 for raw memory: a value is taken out of the scope that it dies with.</summary>
    internal void Escapes(TrackedValue value, IOperation where, string how)
    {
        if (value.Birth is not { } scope) return;
        if (value.IsRaw)
        {
            Report(Rules.RawMemory, where.Syntax, [value.Origin.GetLocation()], Properties(null, Rules.ByScope), $"{how}, but it belongs to the pass '{scope.Name}'");
            return;
        }

        string? target = value.Kind == ValueKind.Tensor && SymbolEqualityComparer.Default.Equals(where.Peeled()?.Type, _symbols.Tensor) ? scope.MoveTarget(_symbols) : null;
        Report(Rules.EscapingTensor, where.Syntax, [], Properties(target, Rules.ByScope), how, scope.Name);
    }

    /// <summary>WS0002, or WS0004 for raw memory: a value of a variable that <c>using</c> disposes is returned.</summary>
    internal void EscapesUsing(TrackedValue value, IOperation where, ISymbol variable, string how)
    {
        if (value.IsRaw)
            Report(Rules.RawMemory, where.Syntax, [value.Origin.GetLocation()], Properties(null, Rules.ByScope), $"{how}, but '{variable.Name}' is disposed here");
        else Report(Rules.EscapingTensor, where.Syntax, [], Properties(null, Rules.ByDispose), how, variable.Name);
    }

    /// <summary>WS0003, or WS0004 for raw memory: a variable is read after the end.</summary>
    internal void UsedLate(TrackedValue value, IOperation where, ISymbol variable)
    {
        if (!_variables.Add(variable)) return;
        var more = new List<Location>();
        if (value.IsRaw)
        {
            more.Add(value.Origin.GetLocation());
            string state = value.End == EndKind.Await ? "kept across an await or a yield" : $"used after {value.EndedBy}";
            Report(Rules.RawMemory, where.Syntax, more, Properties(null, Rules.ByScope), state);
            return;
        }

        bool isByHand = value.EndedAt is not null;
        more.Add(isByHand ? value.EndedAt!.GetLocation() : value.Origin.GetLocation());
        string? target = value.Kind == ValueKind.Tensor && !isByHand ? value.Birth?.MoveTarget(_symbols) : null;
        Report(Rules.UseAfterEnd, where.Syntax, more, Properties(target, isByHand ? Rules.ByDispose : Rules.ByScope), variable.Name, value.EndedBy);
    }

    /// <summary>WS0005: a variable or field from outside is replaced by something made of itself in the scope.</summary>
    internal void Accumulates(ISymbol variable, IOperation assignment, PassScope scope)
    {
        _variables.Add(variable);
        Report(Rules.Accumulator, assignment.Syntax, [], Properties(scope.MoveTarget(_symbols), Rules.ByScope), variable.Name, scope.Name);
    }

    private void Report(
        DiagnosticDescriptor rule, SyntaxNode where, IEnumerable<Location> more, ImmutableDictionary<string, string?> properties, params object[] words)
    {
        if (_places.Add((rule.Id, where.SpanStart))) _report(Diagnostic.Create(rule, where.GetLocation(), more, properties, words));
    }

    private static ImmutableDictionary<string, string?> Properties(string? target, string end)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty.Add(Rules.EndKey, end);
        return target is null ? properties : properties.Add(Rules.TargetKey, target);
    }
}
