using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workspaces.Analyzers.CodeFixes;

/// <summary>WS0002 and WS0003: moves the tensor to the pass outside the one that made it, with or without its history; or takes an early Dispose away.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MoveToFix)), Shared]
public sealed class MoveToFix() : SyntaxFixProvider("WS0002", "WS0003")
{
    /// <inheritdoc/>
    protected override void Offer(CodeFixContext context, SyntaxNode root, SemanticModel model, Diagnostic diagnostic)
    {
        Location where = diagnostic.Id == "WS0003" ? diagnostic.AdditionalLocations[0] : diagnostic.Location;
        SyntaxNode node = root.FindNode(where.SourceSpan, getInnermostNodeForTie: true);
        diagnostic.Properties.TryGetValue(Rules.EndKey, out string? end);
        if (diagnostic.Id == "WS0003" && end == Rules.ByDispose && node.FirstAncestorOrSelf<ExpressionStatementSyntax>() is { Parent: BlockSyntax } early)
        {
            Register(context, diagnostic, "Take the early Dispose away", "RemoveDispose", () => root.RemoveNode(early, Trivia(early))!);
        }
        else if (diagnostic.Properties.TryGetValue(Rules.TargetKey, out string? target) && target is not null && node is ExpressionSyntax value)
        {
            Register(context, diagnostic, $"Move it to '{target}'", "MoveTo", () => root.ReplaceNode(value, Wrapped(value, $".MoveTo({target})")));
            Register(context, diagnostic, $"Detach it and move it to '{target}'", "DetachMoveTo", () => root.ReplaceNode(value, Wrapped(value, $".Detach().MoveTo({target})")));
        }
    }

    /// <summary>The line goes with its statement, unless there is a comment on it.</summary>
    private static SyntaxRemoveOptions Trivia(SyntaxNode statement) =>
        statement.GetLeadingTrivia().Concat(statement.GetTrailingTrivia()).All(static trivia => trivia.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia)
            ? SyntaxRemoveOptions.KeepNoTrivia
            : SyntaxRemoveOptions.KeepExteriorTrivia;
}
