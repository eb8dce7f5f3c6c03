using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workspaces.Analyzers.CodeFixes;

/// <summary>WS0004: copies the elements to an array, which outlives everything.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CopyElementsFix)), Shared]
public sealed class CopyElementsFix() : SyntaxFixProvider("WS0004")
{
    /// <inheritdoc/>
    protected override void Offer(CodeFixContext context, SyntaxNode root, SemanticModel model, Diagnostic diagnostic)
    {
        SyntaxNode taken = root.FindNode(diagnostic.AdditionalLocations[0].SourceSpan, getInnermostNodeForTie: true);
        if (taken is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call || IsAddress(call)) return;
        if (access.Name.Identifier.ValueText is not ("AsSpan" or "AsMemory" or "SliceSpan")) return;
        Register(context, diagnostic, "Copy the elements to an array", nameof(CopyElementsFix), () => root.ReplaceNode(call, Copy(call, access, model)));
    }

    /// <summary>A tensor copies itself, a block's span is copied.</summary>
    private static ExpressionSyntax Copy(InvocationExpressionSyntax call, MemberAccessExpressionSyntax access, SemanticModel model) =>
        access.Name is GenericNameSyntax name && model.GetTypeInfo(access.Expression).Type?.Name == "Tensor"
        ? call.WithExpression(access.WithName(name.WithIdentifier(SyntaxFactory.Identifier("ToArray").WithTriviaFrom(name.Identifier))))
        : Wrapped(call, ".ToArray()");

    /// <summary>An array that a pointer was taken from would have to be pinned: no small change helps.</summary>
    private static bool IsAddress(InvocationExpressionSyntax call) => call.Parent is ArgumentSyntax or ElementAccessExpressionSyntax or CastExpressionSyntax;
}
