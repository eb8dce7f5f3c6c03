using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workspaces.Analyzers.CodeFixes;

/// <summary>WS0001: declares what opens a scope with <c>using</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddUsingFix)), Shared]
public sealed class AddUsingFix() : SyntaxFixProvider("WS0001")
{
    /// <inheritdoc/>
    protected override void Offer(CodeFixContext context, SyntaxNode root, SemanticModel model, Diagnostic diagnostic)
    {
        SyntaxNode creation = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        if (creation.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax or GlobalStatementSyntax } statement) return;
        if (Replacement(statement, creation, model) is not { } replacement) return;
        Register(context, diagnostic, "Close it with 'using'", nameof(AddUsingFix), () => root.ReplaceNode(statement, replacement));
    }

    private static StatementSyntax? Replacement(StatementSyntax statement, SyntaxNode creation, SemanticModel model)
    {
        switch (statement)
        {
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.None, Declaration: { Variables: { Count: 1 } variables } declaration } local:
                if (IsAssignedAgain(local, variables[0].Identifier.ValueText)) return null;
                SyntaxToken keyword = SyntaxFactory.Token(local.GetLeadingTrivia(), SyntaxKind.UsingKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space));
                return local.WithDeclaration(declaration.WithLeadingTrivia()).WithUsingKeyword(keyword);
            case ExpressionStatementSyntax expression:
                ExpressionSyntax value = expression.Expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discard
                    ? discard.Right
                    : expression.Expression;
                if (!value.Span.Contains(creation.Span) || value is AssignmentExpressionSyntax || StripAwait(value) != creation) return null;
                return SyntaxFactory.ParseStatement($"using var {NameFor(expression, value, model)} = {value.WithoutTrivia()};").WithTriviaFrom(statement);
            default:
                return null;
        }
    }

    private static ExpressionSyntax StripAwait(ExpressionSyntax value) => value is AwaitExpressionSyntax awaited ? awaited.Expression : value;

    /// <summary>A using variable is read-only.</summary>
    private static bool IsAssignedAgain(LocalDeclarationStatementSyntax local, string name) => local.Parent!.DescendantNodes().Any(
        node => (node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } && left.Identifier.ValueText == name)
            || (node is ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword, Expression: IdentifierNameSyntax passed }
                && passed.Identifier.ValueText == name));

    /// <summary>pass, workspace, noGradScope, … with a number where the name is taken, or will be by an earlier statement of the block that is fixed as well.</summary>
    private static string NameFor(ExpressionStatementSyntax statement, ExpressionSyntax value, SemanticModel model)
    {
        string type = model.GetTypeInfo(value).Type?.Name ?? "Scope";
        string name = type == "ThreadPass" ? "pass" : char.ToLowerInvariant(type[0]) + type.Substring(1);
        int number = 1 + statement.Parent!.ChildNodes().OfType<ExpressionStatementSyntax>().Count(other => other.SpanStart < statement.SpanStart && IsAlike(other, type, model));
        var taken = new HashSet<string>(model.LookupSymbols(statement.SpanStart).Select(static symbol => symbol.Name));
        foreach (SingleVariableDesignationSyntax later in statement.Parent.DescendantNodes().OfType<SingleVariableDesignationSyntax>()) taken.Add(later.Identifier.ValueText);
        foreach (VariableDeclaratorSyntax later in statement.Parent.DescendantNodes().OfType<VariableDeclaratorSyntax>()) taken.Add(later.Identifier.ValueText);
        string wanted = number == 1 ? name : name + number;
        while (taken.Contains(wanted)) wanted = name + ++number;
        return wanted;
    }

    private static bool IsAlike(ExpressionStatementSyntax statement, string type, SemanticModel model) =>
        statement.Expression is InvocationExpressionSyntax && model.GetTypeInfo(statement.Expression).Type?.Name == type;
}
