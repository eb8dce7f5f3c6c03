using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workspaces.Analyzers.CodeFixes;

/// <summary>WS0005: adds in place to the tensor from outside, whose memory outlives the pass; what is no sum is detached and moved out.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AccumulateFix)), Shared]
public sealed class AccumulateFix() : SyntaxFixProvider("WS0005")
{
    /// <inheritdoc/>
    protected override void Offer(CodeFixContext context, SyntaxNode root, SemanticModel model, Diagnostic diagnostic)
    {
        if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<AssignmentExpressionSyntax>() is not { } assignment) return;
        if (InPlace(assignment) is { } inPlace)
        {
            Register(context, diagnostic, $"Write '{inPlace}'", "InPlace", () => root.ReplaceNode(assignment, inPlace));
        }

        if (assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && diagnostic.Properties.TryGetValue(Rules.TargetKey, out string? target) && target is not null)
        {
            ExpressionSyntax moved = Wrapped(assignment.Right, $".Detach().MoveTo({target})");
            Register(context, diagnostic, $"Detach it and move it to '{target}'", "DetachMoveTo", () => root.ReplaceNode(assignment.Right, moved));
        }
    }

    /// <summary><c>t = t + x</c>, <c>t = x + t</c>, <c>t = t.Add(x)</c> and <c>t += x</c> as <c>t.AddInPlace(x.Detach())</c>; likewise differences and products.</summary>
    private static ExpressionSyntax? InPlace(AssignmentExpressionSyntax assignment)
    {
        string target = assignment.Left.WithoutTrivia().ToString();
        (string? op, ExpressionSyntax? operand) = assignment.Right switch
        {
            _ when !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) => (Name(assignment.OperatorToken.ValueText.TrimEnd('=')), assignment.Right),
            BinaryExpressionSyntax binary when binary.Left.ToString() == target => (Name(binary.OperatorToken.ValueText), binary.Right),
            BinaryExpressionSyntax binary when binary.Right.ToString() == target && binary.Kind() is SyntaxKind.AddExpression or SyntaxKind.MultiplyExpression =>
                (Name(binary.OperatorToken.ValueText), binary.Left),
            InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments, Expression: MemberAccessExpressionSyntax access }
                when access.Expression.ToString() == target && access.Name.Identifier.ValueText is "Add" or "Subtract" or "Multiply" =>
                (access.Name.Identifier.ValueText, arguments[0].Expression),
            _ => ((string?)null, (ExpressionSyntax?)null),
        };
        if (op is null || operand is null || (op == "Subtract" && operand is LiteralExpressionSyntax)) return null;
        ExpressionSyntax argument = operand is LiteralExpressionSyntax ? operand : Wrapped(operand, ".Detach()");
        return SyntaxFactory.ParseExpression($"{target}.{op}InPlace({argument.WithoutTrivia()})").WithTriviaFrom(assignment);
    }

    private static string? Name(string symbol) => symbol switch
    {
        "+" => "Add",
        "-" => "Subtract",
        "*" => "Multiply",
        _ => null,
    };
}
