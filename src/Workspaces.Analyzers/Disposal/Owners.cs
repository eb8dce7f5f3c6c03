using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers.Disposal;

/// <summary>Tells who takes a scope over: a field whose type closes it, a constructor, a collection, a method that stores or closes it.</summary>
internal static class Owners
{
    /// <summary>True when the type of a field or property can be disposed, or closes the member somewhere.</summary>
    internal static bool Closes(ISymbol member)
    {
        INamedTypeSymbol type = member.ContainingType;
        if (type.DeclaringSyntaxReferences.IsEmpty || (!member.IsStatic && IsDisposable(type))) return true;
        return type.DeclaringSyntaxReferences.Any(reference => Mentions(reference.GetSyntax(), member.Name));
    }

    /// <summary>True when an argument is handed over for good.</summary>
    internal static bool Takes(IArgumentOperation argument, WorkspaceSymbols symbols) => argument.Parent switch
    {
        IObjectCreationOperation { Type: INamedTypeSymbol type } => !symbols.IsOurs(type),
        IInvocationOperation call => !symbols.IsOurs(call.TargetMethod) && (call.TargetMethod.IsCollecting() || Keeps(call.TargetMethod, argument.Parameter)),
        _ => true,
    };

    /// <summary>True inside <c>Assert.Throws(() => …)</c> and its like: what throws opens nothing.</summary>
    internal static bool IsExpectedToThrow(IOperation operation)
    {
        IOperation? at = operation;
        while (at is not null and not IAnonymousFunctionOperation) at = at.Parent;
        while (at is not null and not IArgumentOperation) at = at.Parent;
        return at?.Parent is IInvocationOperation { TargetMethod.Name: var name }
            && (name.StartsWith("Throw", StringComparison.Ordinal) || name is "Exception" or "ExceptionAsync" or "Catch");
    }

    private static bool IsDisposable(INamedTypeSymbol type) =>
        type.AllInterfaces.Any(static i => i.Name is "IDisposable" or "IAsyncDisposable") || (type.IsRefLikeType && type.GetMembers("Dispose").Length > 0);

    /// <summary>True when the method's text closes its parameter, returns it or stores it; methods of other assemblies are not known to.</summary>
    private static bool Keeps(IMethodSymbol method, IParameterSymbol? parameter)
    {
        if (parameter is null) return true;
        foreach (SyntaxReference reference in method.DeclaringSyntaxReferences)
        {
            SyntaxNode body = reference.GetSyntax();
            if (Mentions(body, parameter.Name)) return true;
            foreach (IdentifierNameSyntax name in body.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText == parameter.Name && name.Parent is AssignmentExpressionSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax) return true;
            }
        }

        return false;
    }

    /// <summary>True when a text holds <c>using (name)</c>, <c>name.Dispose()</c> or <c>name?.Dispose()</c>.</summary>
    private static bool Mentions(SyntaxNode node, string name)
    {
        foreach (IdentifierNameSyntax identifier in node.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (identifier.Identifier.ValueText != name) continue;
            SyntaxNode at = identifier;
            while (at.Parent is PostfixUnaryExpressionSyntax or ParenthesizedExpressionSyntax || (at.Parent is MemberAccessExpressionSyntax member && member.Name == at))
                at = at.Parent;
            bool disposes = at.Parent switch
            {
                UsingStatementSyntax => true,
                EqualsValueClauseSyntax { Parent.Parent.Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.UsingKeyword } } => true,
                MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText is "Dispose" or "DisposeAsync",
                ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax bound } } =>
                    bound.Name.Identifier.ValueText is "Dispose" or "DisposeAsync",
                _ => false,
            };
            if (disposes) return true;
        }

        return false;
    }
}
