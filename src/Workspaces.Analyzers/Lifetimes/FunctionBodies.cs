using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>A member's body and those of the lambdas and local functions in it; each is followed for itself, since nobody knows when it runs.</summary>
internal sealed class FunctionBodies
{
    private readonly HashSet<ISymbol> _shared = new(SymbolEqualityComparer.Default);
    private readonly List<IOperation> _all;

    internal FunctionBodies(IOperation block)
    {
        _all = [block];
        foreach (IOperation operation in block.Descendants())
        {
            switch (operation)
            {
                case IAnonymousFunctionOperation lambda: AddFunction(lambda.Body, lambda.Symbol); break;
                case ILocalFunctionOperation { Body: { } body } local: AddFunction(body, local.Symbol); break;
                case IBranchOperation { BranchKind: BranchKind.GoTo }: HasGoto = true; break;
                default: break;
            }
        }
    }

    internal IReadOnlyList<IOperation> All => _all;

    /// <summary>True when the order of things cannot be read off the text.</summary>
    internal bool HasGoto { get; }

    /// <summary>True for a variable that a nested function assigns or disposes: what it holds at a given place is not known.</summary>
    internal bool IsShared(ISymbol variable) => _shared.Contains(variable);

    /// <summary>True when the code takes the ring of a workspace, so that tensors of its passes stay readable for a while.</summary>
    internal bool HasRing(ISymbol? workspace) => workspace is not null && _all[0].Descendants().Any(
        operation => operation is IPropertyReferenceOperation { Property.Name: "Ring" } property && SymbolEqualityComparer.Default.Equals(property.Instance.Variable(), workspace));

    /// <summary>True when a collection is used, not only declared, outside the block of a scope.</summary>
    internal bool IsUsedOutside(ILocalSymbol collection, PassScope scope)
    {
        SyntaxNode? block = scope.Creation.Syntax.FirstAncestorOrSelf<StatementSyntax>();
        if (block is LocalDeclarationStatementSyntax) block = block.Parent;
        return block is null || _all[0].Descendants().OfType<ILocalReferenceOperation>().Any(
            reference => SymbolEqualityComparer.Default.Equals(reference.Local, collection) && !block.Span.Contains(reference.Syntax.Span)
                && reference.Parent is not IAssignmentOperation { Target: ILocalReferenceOperation });
    }

    private void AddFunction(IOperation body, IMethodSymbol function)
    {
        _all.Add(body);
        foreach (IOperation operation in body.Descendants())
        {
            ISymbol? changed = operation switch
            {
                IAssignmentOperation assignment => assignment.Target.Variable(),
                IInvocationOperation call when call.IsDispose(out IOperation? receiver) => receiver.Variable(),
                IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => argument.Value.Variable(),
                _ => null,
            };
            if (changed is not null && !SymbolEqualityComparer.Default.Equals(changed.ContainingSymbol, function)) _shared.Add(changed);
            if (operation is not IDeconstructionAssignmentOperation { Target: ITupleOperation tuple }) continue;
            foreach (IOperation element in tuple.Elements)
            {
                if (element.Variable() is { } variable && !SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, function)) _shared.Add(variable);
            }
        }
    }
}
