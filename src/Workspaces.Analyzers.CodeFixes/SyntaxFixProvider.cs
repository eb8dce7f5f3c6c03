using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workspaces.Analyzers.CodeFixes;

/// <summary>What the fixes of all rules share: they change the syntax of one document, each diagnostic by itself, and all of them can be applied at once.</summary>
/// <param name="rules">Ids of the rules whose findings are fixed.</param>
public abstract class SyntaxFixProvider(params string[] rules) : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(rules);

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (Diagnostic diagnostic in context.Diagnostics) Offer(context, root, model, diagnostic);
    }

    /// <summary>Offers what changes of the document would help, with <see cref="Register"/>.</summary>
    /// <param name="context">Where offers go.</param>
    /// <param name="root">The document's syntax.</param>
    /// <param name="model">Its meaning.</param>
    /// <param name="diagnostic">The finding.</param>
    protected abstract void Offer(CodeFixContext context, SyntaxNode root, SemanticModel model, Diagnostic diagnostic);

    /// <summary>Offers a change of the document.</summary>
    /// <param name="context">Where offers go.</param>
    /// <param name="diagnostic">The finding that the change ends.</param>
    /// <param name="title">What the user reads.</param>
    /// <param name="key">Changes of one key are applied to all findings together.</param>
    /// <param name="change">Makes the new syntax.</param>
    protected static void Register(CodeFixContext context, Diagnostic diagnostic, string title, string key, Func<SyntaxNode> change) =>
        context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(change())), key), diagnostic);

    /// <summary>An expression with calls behind it, in parentheses where it needs them.</summary>
    /// <param name="value">The expression.</param>
    /// <param name="calls">The calls as they are written.</param>
    /// <returns>The new expression.</returns>
    protected static ExpressionSyntax Wrapped(ExpressionSyntax value, string calls)
    {
        bool isPrimary = value
            is IdentifierNameSyntax or InvocationExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax;
        string text = value.WithoutTrivia().ToFullString();
        return SyntaxFactory.ParseExpression((isPrimary ? text : "(" + text + ")") + calls).WithTriviaFrom(value);
    }
}
