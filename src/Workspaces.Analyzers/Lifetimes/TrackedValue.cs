using Microsoft.CodeAnalysis;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>What is known of a value: which scope it dies with, which variable owns its bytes, and whether that has happened.</summary>
internal sealed class TrackedValue
{
    internal TrackedValue(ValueKind kind, PassScope? birth, ISymbol? source, SyntaxNode origin)
    {
        Kind = kind;
        Birth = birth;
        Source = source;
        Origin = origin;
    }

    internal ValueKind Kind { get; private set; }

    internal bool IsRaw => Kind is ValueKind.Raw or ValueKind.Memory or ValueKind.Pointer;

    /// <summary>A view, whose Dispose does nothing.</summary>
    internal bool IsView { get; private set; }

    /// <summary>The innermost scope that it was made in; null when that is not in this code.</summary>
    internal PassScope? Birth { get; private set; }

    /// <summary>The variable whose tensor owns the bytes, for views and raw memory.</summary>
    internal ISymbol? Source { get; private set; }

    /// <summary>The expression that made it.</summary>
    internal SyntaxNode Origin { get; private set; }

    internal EndKind End { get; private set; }

    /// <summary>What ended it, in words.</summary>
    internal string EndedBy { get; private set; } = "";

    /// <summary>The statement that ended it, or null.</summary>
    internal SyntaxNode? EndedAt { get; private set; }

    internal TrackedValue WithKind(ValueKind kind, SyntaxNode origin)
    {
        TrackedValue copy = Copy();
        copy.Kind = kind;
        copy.Origin = origin;
        return copy;
    }

    internal TrackedValue AsView(ISymbol? source)
    {
        TrackedValue copy = WithSource(source);
        copy.IsView = true;
        return copy;
    }

    internal TrackedValue WithSource(ISymbol? source)
    {
        TrackedValue copy = Copy();
        copy.Source = source;
        return copy;
    }

    internal TrackedValue Ended(EndKind end, string by, SyntaxNode? at)
    {
        TrackedValue copy = Copy();
        (copy.End, copy.EndedBy, copy.EndedAt) = (end, by, at);
        return copy;
    }

    /// <summary>
    /// What is known where two paths meet. The end of a scope and an await count when either path has them; a Dispose by name, which often hangs on the same
    /// condition as the use, only when both have.
    /// </summary>
    internal static TrackedValue? Join(TrackedValue? a, TrackedValue? b)
    {
        if (a is null || b is null) return a?.End == EndKind.Disposed || b?.End == EndKind.Disposed ? null : a ?? b;
        if (a.End == b.End) return a.Birth is null || (b.Birth is not null && b.Birth.IsWithin(a.Birth)) ? b : a;
        if (a.End is EndKind.Scope or EndKind.Await) return a;
        if (b.End is EndKind.Scope or EndKind.Await) return b;
        return a.End == EndKind.None ? a : b;
    }

    private TrackedValue Copy() => (TrackedValue)MemberwiseClone();
}
