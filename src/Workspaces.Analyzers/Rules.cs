using Microsoft.CodeAnalysis;

namespace Workspaces.Analyzers;

/// <summary>The rules, in the words that a build prints.</summary>
public static class Rules
{
    /// <summary>Key of a diagnostic's property: the expression to which a tensor can be moved so that it outlives its pass.</summary>
    public const string TargetKey = "target";

    /// <summary>Key of a diagnostic's property: what ended the value, <see cref="ByScope"/> or <see cref="ByDispose"/>.</summary>
    public const string EndKey = "end";

    /// <summary>The pass or lease that made it has ended.</summary>
    public const string ByScope = "scope";

    /// <summary>It was disposed by name.</summary>
    public const string ByDispose = "dispose";

    private const string Category = "Workspaces";

    /// <summary>WS0001: a scope that nobody closes.</summary>
    public static readonly DiagnosticDescriptor OpenScope = new(
        "WS0001", "A workspace, pass or lease is opened and not closed",
        "What '{0}' opens is not closed on every path: declare it with 'using'", Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A scope that stays open keeps its memory, and what is made later lands in it. A using statement closes it on every path, exceptions included.",
        helpLinkUri: HelpLink("WS0001"));

    /// <summary>WS0002: a tensor that leaves its pass.</summary>
    public static readonly DiagnosticDescriptor EscapingTensor = new(
        "WS0002", "A tensor leaves the pass that it dies with",
        "The value is {0}, but it dies at the end of '{1}': move it with MoveTo, copy its elements out, or take a number", Category, DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "What is made in a pass dies with the pass. Fields, collections, callers and delegates that keep it hold a stale handle, which throws when it is used.",
        helpLinkUri: HelpLink("WS0002"));

    /// <summary>WS0003: a tensor that is used too late.</summary>
    public static readonly DiagnosticDescriptor UseAfterEnd = new(
        "WS0003", "A tensor is used after its life has ended",
        "'{0}' is used after {1}: this throws a StaleAccessException", Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A tensor or block ends when it is disposed and when its pass or its lease ends; every use after that throws.",
        helpLinkUri: HelpLink("WS0003"));

    /// <summary>WS0004: raw memory that is kept too long.</summary>
    public static readonly DiagnosticDescriptor RawMemory = new(
        "WS0004", "A raw span, pointer or memory outlives its tensor",
        "The raw memory is {0}: copy the elements, or take it again where it is used", Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Spans and pointers are not checked when they are used: after the end of the pass they read and write what belongs to somebody else.",
        helpLinkUri: HelpLink("WS0004"));

    /// <summary>WS0005: an accumulator that lives in the wrong pass.</summary>
    public static readonly DiagnosticDescriptor Accumulator = new(
        "WS0005", "An accumulator is replaced by a tensor of the pass",
        "'{0}' is declared outside '{1}' and is replaced by a tensor that dies with it, so the next pass reads a stale tensor: add a number, or add in place",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A sum over passes has to live outside them: a number to which Item() is added, or a tensor made outside to which is added in place.",
        helpLinkUri: HelpLink("WS0005"));

    /// <summary>The page lies in the sources, and in the package beside the rules.</summary>
    private static string HelpLink(string id) => "docs/analyzers/" + id + ".md";
}
