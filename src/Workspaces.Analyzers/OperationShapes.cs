using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers;

/// <summary>Small questions about operations that several rules ask.</summary>
internal static class OperationShapes
{
    /// <summary>The expression without conversions, parentheses, await, ConfigureAwait and AsTask around it.</summary>
    internal static IOperation? Peeled(this IOperation? operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion: operation = conversion.Operand; break;
                case IParenthesizedOperation parenthesized: operation = parenthesized.Operand; break;
                case IAwaitOperation awaited: operation = awaited.Operation; break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" } invocation: operation = invocation.Instance; break;
                default: return operation;
            }
        }
    }

    /// <summary>The receiver of a call, whether a member, an extension member or an extension method.</summary>
    internal static IOperation? Receiver(this IInvocationOperation invocation) =>
        invocation.Instance ?? (invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value : null);

    /// <summary>The local or parameter that an expression names, if it is nothing more.</summary>
    internal static ISymbol? Variable(this IOperation? operation) => operation.Peeled() switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IConditionalAccessInstanceOperation inner => inner.Access().Variable(),
        _ => null,
    };

    /// <summary>The local, parameter or field at the root of a chain of members: <c>a</c> of <c>a.B.C</c>; null for <c>this</c> and statics.</summary>
    internal static ISymbol? Root(this IOperation? operation)
    {
        while (true)
        {
            operation = operation.Peeled();
            switch (operation)
            {
                case IPropertyReferenceOperation { Instance: { } instance }: operation = instance; break;
                case IFieldReferenceOperation { Instance: { } instance } field when instance is not IInstanceReferenceOperation || field.Field.IsImplicitlyDeclared:
                    operation = instance;
                    break;
                case IFieldReferenceOperation field: return field.Field;
                case IArrayElementReferenceOperation element: operation = element.ArrayReference; break;
                default: return operation.Variable();
            }
        }
    }

    /// <summary>True for <c>x.Dispose()</c>; gives x.</summary>
    internal static bool IsDispose(this IInvocationOperation invocation, out IOperation? receiver)
    {
        receiver = invocation.Receiver();
        return invocation.TargetMethod.Name is "Dispose" or "DisposeAsync" && invocation.TargetMethod.Parameters.Length == 0 && receiver is not null;
    }

    /// <summary>True for what closes a scope: Dispose, and for a slot of a ring also handing it to its readers.</summary>
    internal static bool IsEnd(this IInvocationOperation invocation, out IOperation? receiver) =>
        invocation.IsDispose(out receiver) || (receiver is not null && invocation.TargetMethod is { Name: "Publish" or "Fail", ContainingType.Name: "RingSlot" });

    /// <summary>True for the names by which collections take something in.</summary>
    internal static bool IsCollecting(this IMethodSymbol method) =>
        method.Name is "Add" or "AddFirst" or "AddLast" or "Insert" or "Enqueue" or "TryEnqueue" or "Push" or "TryAdd" or "TryWrite" or "WriteAsync" or "Append";

    /// <summary>The expression that <c>?.</c> was asked of.</summary>
    private static IOperation? Access(this IConditionalAccessInstanceOperation inner)
    {
        IOperation? at = inner.Parent;
        IOperation child = inner;
        while (at is not null && !(at is IConditionalAccessOperation access && access.WhenNotNull == child)) (child, at) = (at, at.Parent);
        return (at as IConditionalAccessOperation)?.Operation;
    }
}
