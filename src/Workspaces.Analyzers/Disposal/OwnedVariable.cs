using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers.Disposal;

/// <summary>A scope that lies in a local without <c>using</c>: it is closed when every ordinary path disposes it, or when it is handed over.</summary>
internal static class OwnedVariable
{
    internal static bool IsClosed(ILocalSymbol local, IOperation creation, WorkspaceSymbols symbols, OperationAnalysisContext context)
    {
        if (local.IsUsing) return true;
        IOperation root = creation;
        bool nested = false;
        while (root.Parent is not null)
        {
            root = root.Parent;
            nested |= root is IAnonymousFunctionOperation or ILocalFunctionOperation;
        }

        bool disposed = false;
        foreach (IOperation operation in root.Descendants())
        {
            if (operation is not ILocalReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Local, local)) continue;
            switch (RoleOf(reference, symbols))
            {
                case Role.HandedOver: return true;
                case Role.Disposed: disposed = true; break;
                default: break;
            }
        }

        return disposed && (nested || IsDisposedOnEveryPath(local, creation, context));
    }

    private enum Role
    {
        Used,
        Disposed,
        HandedOver,
    }

    private static Role RoleOf(ILocalReferenceOperation reference, WorkspaceSymbols symbols)
    {
        IOperation child = reference;
        for (IOperation? parent = reference.Parent; parent is not null; (child, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation or ITupleOperation or IVariableInitializerOperation or ICoalesceOperation:
                case IArrayInitializerOperation or IArrayCreationOperation when parent.IsImplicit: // of a params parameter
                    continue;
                case IConditionalAccessOperation access when access.Operation == child:
                    return access.WhenNotNull is IInvocationOperation inner && inner.IsEnd(out _) ? Role.Disposed : Role.Used;
                case IUsingOperation:
                    return Role.HandedOver;
                case IInvocationOperation call when call.Receiver() == child:
                    return call.IsEnd(out _) ? Role.Disposed : Role.Used;
                case IArgumentOperation { Parent: IInvocationOperation call } argument when call.Receiver() != child:
                    return argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref || Owners.Takes(argument, symbols) ? Role.HandedOver : Role.Used;
                case IArgumentOperation argument:
                    return Owners.Takes(argument, symbols) ? Role.HandedOver : Role.Used;
                case IMethodReferenceOperation { Method.Name: "Dispose" }:
                    return Role.HandedOver;
                case IAssignmentOperation assignment when assignment.Target == child:
                    return Role.Used;
                case IAssignmentOperation or IReturnOperation or IVariableDeclaratorOperation or IArrayInitializerOperation or ICollectionExpressionOperation:
                    return Role.HandedOver;
                default:
                    return Role.Used;
            }
        }

        return Role.Used;
    }

    /// <summary>Walks the control flow from the creation; a path that comes to the end of the method without passing a dispose leaves the scope open.</summary>
    private static bool IsDisposedOnEveryPath(ILocalSymbol local, IOperation creation, OperationAnalysisContext context)
    {
        ControlFlowGraph graph = context.GetControlFlowGraph();
        BasicBlock? begin = graph.Blocks.FirstOrDefault(block => Operations(block).Any(operation => operation.DescendantsAndSelf().Any(inner => inner.Syntax == creation.Syntax)));
        if (begin is null || Disposes(begin, local)) return true;
        var seen = new HashSet<int> { begin.Ordinal };
        var open = new Stack<BasicBlock>();
        open.Push(begin);
        while (open.Count > 0)
        {
            BasicBlock block = open.Pop();
            if (block.Kind == BasicBlockKind.Exit) return false;
            foreach (ControlFlowBranch? branch in new[] { block.FallThroughSuccessor, block.ConditionalSuccessor })
            {
                if (branch?.Destination is not { } next || branch.FinallyRegions.Any(region => Disposes(graph, region, local))) continue;
                if (!Disposes(next, local) && seen.Add(next.Ordinal)) open.Push(next);
            }
        }

        return true;
    }

    private static bool Disposes(ControlFlowGraph graph, ControlFlowRegion region, ILocalSymbol local)
    {
        for (int i = region.FirstBlockOrdinal; i <= region.LastBlockOrdinal; i++)
        {
            if (Disposes(graph.Blocks[i], local)) return true;
        }

        return false;
    }

    private static bool Disposes(BasicBlock block, ILocalSymbol local) => Operations(block).Any(operation => operation.DescendantsAndSelf().Any(
        inner => inner switch
        {
            IInvocationOperation call => call.IsEnd(out IOperation? receiver) && SymbolEqualityComparer.Default.Equals(receiver.Variable(), local),
            ILocalReferenceOperation reference => reference.Syntax.Parent is ConditionalAccessExpressionSyntax && SymbolEqualityComparer.Default.Equals(reference.Local, local),
            _ => false,
        }));

    private static IEnumerable<IOperation> Operations(BasicBlock block) => block.BranchValue is { } value ? block.Operations.Append(value) : block.Operations;
}
