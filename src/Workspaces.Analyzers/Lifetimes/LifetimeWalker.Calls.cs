using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>Calls: what they make, what they end, and what they keep.</summary>
internal sealed partial class LifetimeWalker
{
    private static readonly HashSet<string> Views =
        ["Reshape", "Flatten", "Transpose", "Permute", "Slice", "Select", "Index", "BroadcastTo", "Unsqueeze", "Squeeze", "Detach"];

    private static readonly HashSet<string> Same = ["Keep", "Named", "RequireGrad", "CopyFrom", "Contiguous"];

    private TrackedValue? WalkCall(IInvocationOperation call)
    {
        if (call.IsDispose(out IOperation? disposed) && disposed.Variable() is { } variable)
        {
            Dispose(variable, disposed!.Type, call);
            return null;
        }

        IOperation? receiver = call.Receiver();
        if (call.TargetMethod.Name == "GetHashCode" && receiver.Variable() is not null) return null;
        TrackedValue? owner = Walk(call.Instance), raw = owner is { IsRaw: true } ? owner : null;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            TrackedValue? value = Walk(argument.Value);
            if (argument.Value == receiver) owner = value;
            else if (call.TargetMethod.IsCollecting()) CheckCollected(receiver, value, argument.Value);
            if (value is { IsRaw: true }) raw ??= value;
            if (argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out && argument.Value.Variable() is { } changed) _state?.Forget(changed);
        }

        if (_state is null) return null;
        if (_symbols.IsMortal(call.Type)) return _symbols.IsOp(call.TargetMethod) ? Result(call, receiver, owner) : null;
        if (!_symbols.IsRaw(call.Type) && !call.TargetMethod.ReturnsByRef) return null;
        if (receiver is not null && _symbols.IsMortal(receiver.Type))
            return new TrackedValue(_symbols.IsSpan(call.Type) ? ValueKind.Raw : ValueKind.Memory, owner?.Birth, owner?.Source, call.Syntax);
        return raw is not null && IsOfTheSystem(call.TargetMethod) ? raw : null;
    }

    /// <summary>Which pass the result of an op of the library belongs to.</summary>
    private TrackedValue? Result(IInvocationOperation call, IOperation? receiver, TrackedValue? owner)
    {
        string name = call.TargetMethod.Name;
        if (Same.Contains(name) || name.EndsWith("InPlace", StringComparison.Ordinal)) return owner;
        if (name == "MoveTo") return new TrackedValue(ValueKind.Tensor, TargetOf(call), null, call.Syntax);
        if (name == "Allocate") return ScopeAt(receiver) is { } scope ? new TrackedValue(ValueKind.Tensor, scope, null, call.Syntax) : null;
        if (name is "OpenStored" or "BlockAt" || call.TargetMethod.ContainingNamespace.Name == "Data") return null;
        TrackedValue made = Made(call);
        return Views.Contains(name) ? made.AsView(owner?.Source) : made;
    }

    /// <summary>The scope that MoveTo's argument names: a pass, the innermost pass of a workspace, or the outer pass of a lease.</summary>
    private PassScope? TargetOf(IInvocationOperation call)
    {
        IOperation? target = call.Arguments.LastOrDefault()?.Value.Peeled();
        return target is IPropertyReferenceOperation { Property.Name: "OuterPass" } outer ? _state!.ScopeOf(outer.Instance.Variable()) : ScopeAt(target);
    }

    private PassScope? ScopeAt(IOperation? operation)
    {
        ISymbol? root = operation.Root();
        return _state!.ScopeIn(root) ?? _state.ScopeOf(root);
    }

    private void Dispose(ISymbol variable, ITypeSymbol? type, IInvocationOperation call)
    {
        if (_state is null || _bodies.IsShared(variable)) return;
        if (_state.ScopeOf(variable) is { } scope)
            _state.Close(scope, EndKind.Disposed, $"'{variable.Name}' was disposed", null);
        else if (_symbols.IsMortal(type) && _state[variable] is null or { End: EndKind.None, IsView: false })
            _state.EndVariable(variable, Last(_state, variable), EndKind.Disposed, $"'{variable.Name}' was disposed", StatementOf(call));
    }

    private static TrackedValue Last(FlowState state, ISymbol variable) =>
        state[variable] ?? new TrackedValue(ValueKind.Tensor, null, null, variable.DeclaringSyntaxReferences[0].GetSyntax());

    private static SyntaxNode StatementOf(IInvocationOperation call) => call.Parent is IExpressionStatementOperation statement ? statement.Syntax : call.Syntax;

    /// <summary>A collection takes a value in: if it lives longer than the value, that is a finding.</summary>
    private void CheckCollected(IOperation? collection, TrackedValue? value, IOperation where)
    {
        if (value?.Birth is not { } birth || collection.Root() is not { } root || birth.Encloses(root)) return;
        if (root is ILocalSymbol local && !_bodies.IsUsedOutside(local, birth)) return;
        CheckKept(value, where, $"added to '{root.Name}'", isOutside: true);
    }

    private void CheckKept(TrackedValue? value, IOperation where, string how, bool isOutside)
    {
        if (!isOutside || value?.Birth is not { } birth || !IsOpen(birth) || !Carries(value, where)) return;
        _findings.Escapes(value, where, value.Kind == ValueKind.Closure ? "captured by a delegate that is " + how : how);
    }

    /// <summary>A task that nobody waits for may outlive the pass whose tensors it has captured.</summary>
    private void CheckForgotten(IOperation statement, Func<IOperation, TrackedValue?> walk)
    {
        if (statement.Peeled() is IInvocationOperation call && statement is not IAwaitOperation && call.TargetMethod is
            { Name: "Run" or "StartNew" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem", ContainingType.Name: "Task" or "TaskFactory" or "ThreadPool" })
        {
            foreach (IArgumentOperation argument in call.Arguments)
            {
                IOperation? lambda = argument.Value.Peeled();
                if (lambda is IDelegateCreationOperation creation) lambda = creation.Target;
                if (lambda is IAnonymousFunctionOperation function && Captured(function) is { } value)
                    _findings.Escapes(value, argument.Value, "captured by a task that nobody waits for");
            }
        }

        walk(statement);
    }

    private bool IsOpen(PassScope scope) => _state is not null && _state.OpenScopes.Contains(scope);

    /// <summary>False for a number that was read through raw memory.</summary>
    private bool Carries(TrackedValue value, IOperation where) => !value.IsRaw || _symbols.IsRaw(where.Peeled()?.Type) || _symbols.IsRaw(where.Type);

    private static bool IsOfTheSystem(IMethodSymbol method)
    {
        INamespaceSymbol? at = method.ContainingNamespace;
        while (at is { ContainingNamespace: { IsGlobalNamespace: false } outer }) at = outer;
        return at?.Name == "System";
    }
}
