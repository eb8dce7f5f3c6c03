using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>Expressions: reads, assignments, captures.</summary>
internal sealed partial class LifetimeWalker
{
    /// <summary>The variable that is being assigned while its new value is walked.</summary>
    private (ISymbol Variable, IOperation Assignment)? _assigned;

    private TrackedValue? WalkExpression(IOperation operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation local: return Read(local.Local, local.Type, local);
            case IParameterReferenceOperation parameter: return Read(parameter.Parameter, parameter.Type, parameter);
            case IConversionOperation conversion: return Walk(conversion.Operand);
            case IParenthesizedOperation parenthesized: return Walk(parenthesized.Operand);
            case IAddressOfOperation address: return Walk(address.Reference);
            case IAwaitOperation awaited:
                Walk(awaited.Operation);
                CrossSuspension();
                return null;
            case ISimpleAssignmentOperation assignment: return WalkAssignment(assignment, assignment.Target, assignment.Value);
            case ICoalesceAssignmentOperation assignment: return WalkAssignment(assignment, assignment.Target, assignment.Value);
            case ICompoundAssignmentOperation assignment: return WalkCompound(assignment);
            case IDeconstructionAssignmentOperation assignment: WalkDeconstruction(assignment); return null;
            case IEventAssignmentOperation subscription:
                if (Walk(subscription.HandlerValue) is { Birth: not null } handler && subscription.Adds)
                    _findings.Escapes(handler, subscription.HandlerValue, "captured by a handler of an event");
                return null;
            case IInvocationOperation call: return WalkCall(call);
            case IBinaryOperation or IUnaryOperation: return WalkOperator(operation);
            case IPropertyReferenceOperation property: return WalkProperty(property);
            case IFieldReferenceOperation field:
                TrackedValue? owner = Walk(field.Instance);
                return field.Field.ContainingType.IsTupleType ? owner : null;
            case IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda }: return Captured(lambda);
            case IAnonymousFunctionOperation lambda: return Captured(lambda);
            case ITupleOperation or IArrayCreationOperation or IArrayInitializerOperation or ICollectionExpressionOperation: return Innermost(operation.ChildOperations);
            case IObjectCreationOperation creation:
                TrackedValue? content = Innermost(creation.ChildOperations);
                return _symbols.IsMortal(creation.Type) || _symbols.IsRaw(creation.Type) ? content : null;
            case IArgumentOperation argument: return Walk(argument.Value);
            case ICoalesceOperation or ISwitchExpressionOperation or ISwitchExpressionArmOperation: return Innermost(operation.ChildOperations);
            default:
                TrackedValue? inner = Innermost(operation.ChildOperations);
                return operation.Kind == OperationKind.None && inner is { IsRaw: true } ? inner : null; // the initializer of a fixed statement
        }
    }

    /// <summary>Reads a variable: after the end of its value that is a finding.</summary>
    private TrackedValue? Read(ISymbol variable, ITypeSymbol? type, IOperation where)
    {
        if (_state is null || _bodies.IsShared(variable)) return null;
        TrackedValue? value = _state[variable];
        if (value is null) return _symbols.IsMortal(type) ? new TrackedValue(ValueKind.Tensor, null, variable, where.Syntax) : null;
        if (value.End == EndKind.None) return value.WithSource(value.Source ?? variable);
        if (_assigned is { } target && SymbolEqualityComparer.Default.Equals(target.Variable, variable) && _state.Current is { } scope && !value.IsRaw)
            _findings.Accumulates(variable, target.Assignment, scope);
        else _findings.UsedLate(value, where, variable);
        _state[variable] = null;
        return null;
    }

    private TrackedValue? WalkProperty(IPropertyReferenceOperation property)
    {
        // A question that is allowed after the end; who asks it knows what he does. What is not public checks nothing.
        if (property.Property.Name is "IsAlive" or "IsOpen" || (_symbols.IsOurs(property.Property) && property.Property.DeclaredAccessibility != Accessibility.Public))
        {
            if (property.Instance.Variable() is { } asked) _state!.Forget(asked);
            else Walk(property.Instance);
            return null;
        }

        TrackedValue? owner = Walk(property.Instance);
        WalkAll(property.Arguments);
        if (owner is null) return null;
        if (owner.IsRaw) return _symbols.IsRaw(property.Type) || property.Property.ReturnsByRef ? owner : null;
        bool isPart = _symbols.IsMortal(property.Type) && !SymbolEqualityComparer.Default.Equals(property.Instance?.Type, _symbols.Tensor);
        return isPart ? owner : null;
    }

    private TrackedValue? WalkOperator(IOperation operation)
    {
        WalkAll(operation.ChildOperations);
        return _symbols.IsMortal(operation.Type) ? Made(operation) : null;
    }

    /// <summary>A value that the library makes here: it belongs to the ambient pass.</summary>
    private TrackedValue Made(IOperation operation) => new(ValueKind.Tensor, _state?.Current, null, operation.Syntax);

    private TrackedValue? WalkAssignment(IOperation assignment, IOperation target, IOperation source)
    {
        (ISymbol, IOperation)? around = _assigned;
        _assigned = target.Variable() is { } variable ? (variable, assignment) : null;
        TrackedValue? value = Walk(source);
        _assigned = around;
        Assign(assignment, target, source, value);
        return value;
    }

    private TrackedValue? WalkCompound(ICompoundAssignmentOperation assignment)
    {
        TrackedValue? operand = Walk(assignment.Value);
        if (!_symbols.IsMortal(assignment.Type))
        {
            if (assignment.Target.Variable() is { } number && _state?[number] is { IsRaw: true }) return operand;
            Walk(assignment.Target);
            return null;
        }

        (ISymbol, IOperation)? around = _assigned;
        _assigned = assignment.Target.Variable() is { } variable ? (variable, assignment) : null;
        Walk(assignment.Target);
        _assigned = around;
        TrackedValue value = Made(assignment);
        Assign(assignment, assignment.Target, assignment, value);
        return value;
    }

    private void WalkDeconstruction(IDeconstructionAssignmentOperation assignment)
    {
        IOperation target = assignment.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : assignment.Target;
        if (target is ITupleOperation targets && assignment.Value.Peeled() is ITupleOperation sources && targets.Elements.Length == sources.Elements.Length)
        {
            List<TrackedValue?> values = [.. sources.Elements.Select(Walk)];
            for (int i = 0; i < values.Count; i++) Assign(assignment, targets.Elements[i], sources.Elements[i], values[i]);
            return;
        }

        TrackedValue? value = Walk(assignment.Value);
        if (target is not ITupleOperation parts) return;
        foreach (IOperation part in parts.Elements) Assign(assignment, part, assignment.Value, value);
    }

    private void Assign(IOperation assignment, IOperation target, IOperation source, TrackedValue? value)
    {
        if (_state is null) return;
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        switch (target)
        {
            case ILocalReferenceOperation local:
                _state.Forget(local.Local);
                if (Opened(source, local.Local, endsWithBlock: false) is null) SetVariable(local.Local, local.Type, value, source);
                break;
            case IParameterReferenceOperation parameter:
                _state.Forget(parameter.Parameter);
                if (parameter.Parameter.RefKind is RefKind.Out or RefKind.Ref) CheckKept(value, source, $"handed out in '{parameter.Parameter.Name}'", isOutside: true);
                else SetVariable(parameter.Parameter, parameter.Type, value, source);
                break;
            case IDiscardOperation: CheckForgotten(source, static _ => null); break;
            case IFieldReferenceOperation field: AssignMember(assignment, field, field.Field, field.Instance, source, value); break;
            case IPropertyReferenceOperation { Property.IsIndexer: false } property: AssignMember(assignment, property, property.Property, property.Instance, source, value); break;
            case IPropertyReferenceOperation indexer:
                WalkAll(indexer.Arguments);
                CheckCollected(indexer.Instance, value, source);
                break;
            case IArrayElementReferenceOperation element: CheckCollected(element.ArrayReference, value, source); break;
            default: Walk(target); break;
        }
    }

    private void AssignMember(IOperation assignment, IOperation target, ISymbol member, IOperation? instance, IOperation source, TrackedValue? value)
    {
        if (instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver }) return;
        bool isOutside = instance is null or IInstanceReferenceOperation || (instance.Root() is { } root && value?.Birth is { } birth && !birth.Encloses(root));
        bool isSum = assignment is ICompoundAssignmentOperation || source.DescendantsAndSelf().Any(part => part.Kind == target.Kind && part is IMemberReferenceOperation read
            && SymbolEqualityComparer.Default.Equals(read.Member, member));
        if (isOutside && isSum && value is { Kind: ValueKind.Tensor, Birth: { } scope } && IsOpen(scope)) _findings.Accumulates(member, assignment, scope);
        else CheckKept(value, source, $"stored in '{member.Name}'", isOutside);
    }

    private void SetVariable(ISymbol variable, ITypeSymbol? type, TrackedValue? value, IOperation source)
    {
        if (value is null || _bodies.IsShared(variable)) return;
        bool fits = value.Kind switch
        {
            ValueKind.Tensor => _symbols.IsMortal(type),
            ValueKind.Closure => type?.TypeKind == TypeKind.Delegate,
            _ => _symbols.IsRaw(type),
        };
        if (!fits) return;
        ISymbol? owner = SymbolEqualityComparer.Default.Equals(value.Source, variable) ? null : value.Source;
        ValueKind kind = !value.IsRaw ? value.Kind : WorkspaceSymbols.IsPointer(type) ? ValueKind.Pointer : _symbols.IsSpan(type) ? ValueKind.Raw : ValueKind.Memory;
        _state![variable] = value.WithSource(owner).WithKind(kind, value.IsRaw ? value.Origin : source.Syntax);
    }

    /// <summary>A lambda dies with the first of what it has captured.</summary>
    private TrackedValue? Captured(IAnonymousFunctionOperation lambda)
    {
        TrackedValue? first = null;
        foreach (ILocalReferenceOperation reference in lambda.Body.Descendants().OfType<ILocalReferenceOperation>())
        {
            if (_bodies.IsShared(reference.Local) || _state?[reference.Local] is not { End: EndKind.None, Birth: not null } value) continue;
            first = TrackedValue.Join(first, value);
        }

        return first?.WithKind(ValueKind.Closure, lambda.Syntax);
    }

    private TrackedValue? Innermost(IEnumerable<IOperation> operations)
    {
        TrackedValue? first = null;
        foreach (IOperation operation in operations) first = TrackedValue.Join(first, Walk(operation));
        return first;
    }

    /// <summary>An await or a yield: addresses that lie in variables are no longer guarded by the compiler, as spans are.</summary>
    private void CrossSuspension() => _state?.EndWhere(static value => value.Kind == ValueKind.Pointer, EndKind.Await, "an await", null);
}
