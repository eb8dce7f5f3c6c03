using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>
/// Runs one function body on what is known instead of on values: which scopes are open, and which variable holds something of which scope.
/// <code>
///   using var pass = ws.Enter();     open: pass
///   Tensor loss = model.Forward(x);  loss: made in pass
///   last = loss;                     last: made in pass
///   }                                open: -      loss, last: ended
///   last.Item();                     WS0003
/// </code>
/// Branches are joined, loops walked twice, so that what one pass leaves is seen by the next.
/// </summary>
internal sealed partial class LifetimeWalker
{
    private readonly WorkspaceSymbols _symbols;
    private readonly FunctionBodies _bodies;
    private readonly LifetimeFindings _findings;
    private readonly CancellationToken _cancellation;
    private readonly List<Resource> _resources = [];
    private readonly Dictionary<ISymbol, Jump> _jumps = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _closedByFinally = new(SymbolEqualityComparer.Default);

    /// <summary>Null where the code cannot be reached.</summary>
    private FlowState? _state = new();

    internal LifetimeWalker(WorkspaceSymbols symbols, FunctionBodies bodies, LifetimeFindings findings, CancellationToken cancellation)
    {
        _symbols = symbols;
        _bodies = bodies;
        _findings = findings;
        _cancellation = cancellation;
    }

    internal void Run(IOperation body) => Walk(body);

    /// <summary>Walks a statement or an expression; gives what is known of its value.</summary>
    private TrackedValue? Walk(IOperation? operation)
    {
        if (operation is null || _state is null) return null;
        _cancellation.ThrowIfCancellationRequested();
        switch (operation)
        {
            case IBlockOperation block: WalkBlock(block.Operations); return null;
            case IUsingOperation use: WalkUsing(use); return null;
            case IUsingDeclarationOperation declaration: OpenResource(declaration.DeclarationGroup); return null;
            case IConditionalOperation condition: return WalkConditional(condition);
            case ILoopOperation loop: WalkLoop(loop); return null;
            case ISwitchOperation choice: WalkSwitch(choice); return null;
            case ITryOperation attempt: WalkTry(attempt); return null;
            case IReturnOperation result: WalkReturn(result); return null;
            case IBranchOperation branch: WalkBranch(branch); return null;
            case IThrowOperation { Parent: IBlockOperation or ISwitchCaseOperation or IConditionalOperation } thrown:
                Walk(thrown.Exception);
                _state = null;
                return null;
            case IExpressionStatementOperation statement:
                CheckForgotten(statement.Operation, Walk);
                return null;
            case IVariableDeclaratorOperation declarator: Declare(declarator, isUsing: false); return null;
            case ILocalFunctionOperation or INameOfOperation: return null;
            default: return WalkExpression(operation);
        }
    }

    private void WalkBlock(IEnumerable<IOperation> statements)
    {
        int depth = _resources.Count;
        foreach (IOperation statement in statements) Walk(statement);
        CloseTo(depth);
    }

    private void WalkUsing(IUsingOperation use)
    {
        int depth = _resources.Count;
        OpenResource(use.Resources);
        Walk(use.Body);
        CloseTo(depth);
    }

    private void OpenResource(IOperation resource)
    {
        if (resource is IVariableDeclarationGroupOperation group)
        {
            foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(static declaration => declaration.Declarators)) Declare(declarator, isUsing: true);
            return;
        }

        Walk(resource);
        if (Opened(resource, null, endsWithBlock: true) is { } scope) _resources.Add(new Resource(scope, null));
        else if (resource.Variable() is { } variable) _resources.Add(new Resource(null, variable));
    }

    private void Declare(IVariableDeclaratorOperation declarator, bool isUsing)
    {
        if (_state is null) return;
        IOperation? initializer = declarator.GetVariableInitializer()?.Value;
        TrackedValue? value = Walk(initializer);
        _state.Forget(declarator.Symbol);
        if (initializer is null) return;
        if (Opened(initializer, declarator.Symbol, isUsing) is { } scope)
        {
            if (isUsing) _resources.Add(new Resource(scope, null));
            return;
        }

        SetVariable(declarator.Symbol, declarator.Symbol.Type, value, initializer);
        if (isUsing && _symbols.IsMortal(declarator.Symbol.Type)) _resources.Add(new Resource(null, declarator.Symbol));
    }

    /// <summary>Opens a scope if that is what an expression does.</summary>
    private PassScope? Opened(IOperation expression, ILocalSymbol? local, bool endsWithBlock)
    {
        if (_state is null || expression.Peeled() is not IInvocationOperation call || (local is not null && _bodies.IsShared(local))) return null;
        ScopeKind kind = _symbols.KindOf(call.TargetMethod);
        if (kind is not (ScopeKind.Pass or ScopeKind.Lease)) return null;
        if (kind == ScopeKind.Pass && _bodies.HasRing(call.Receiver().Root())) return null; // its tensors outlive the pass by some passes
        var scope = new PassScope(call, kind, local, _state.Current, endsWithBlock);
        _state.Open(scope);
        return scope;
    }

    private void CloseTo(int depth)
    {
        if (_state is not null) CloseOn(_state, depth);
        _resources.RemoveRange(depth, _resources.Count - depth);
    }

    private void CloseOn(FlowState state, int depth)
    {
        for (int i = _resources.Count - 1; i >= depth; i--)
        {
            Resource resource = _resources[i];
            if ((resource.Scope ?? state.ScopeOf(resource.Variable)) is { } scope) state.Close(scope, EndKind.Scope, $"the end of '{scope.Name}'", null);
            else if (resource.Variable is { } variable) state.EndVariable(variable, Last(state, variable), EndKind.Scope, $"the end of the using block of '{variable.Name}'", null);
        }
    }

    private TrackedValue? WalkConditional(IConditionalOperation condition)
    {
        Walk(condition.Condition);
        FlowState? other = _state?.Clone();
        TrackedValue? first = Walk(condition.WhenTrue);
        (_state, other) = (other, _state);
        TrackedValue? second = Walk(condition.WhenFalse);
        _state = FlowState.Join(other, _state);
        return TrackedValue.Join(first, second);
    }

    private void WalkLoop(ILoopOperation loop)
    {
        if (loop is IForEachLoopOperation each) Walk(each.Collection);
        if (loop is IForLoopOperation counted) WalkAll(counted.Before);
        if (_state is null) return;
        FlowState entry = _state.Clone();
        _jumps[loop.ExitLabel] = new Jump(_resources.Count);
        _jumps[loop.ContinueLabel] = new Jump(_resources.Count);
        for (int round = 0; round < 2; round++)
        {
            WalkHead(loop);
            Walk(loop.Body);
            _state = FlowState.Join(_state, _jumps[loop.ContinueLabel].Take());
            if (loop is IForLoopOperation { AtLoopBottom: var bottom }) WalkAll(bottom);
            if (loop is IWhileLoopOperation { ConditionIsTop: false } late) Walk(late.Condition);
            _state = FlowState.Join(entry.Clone(), _state);
        }

        _state = FlowState.Join(_state, _jumps[loop.ExitLabel].Take());
    }

    private void WalkHead(ILoopOperation loop)
    {
        switch (loop)
        {
            case IForEachLoopOperation each:
                foreach (ILocalSymbol local in each.Locals) _state?.Forget(local);
                break;
            case IForLoopOperation counted: Walk(counted.Condition); break;
            case IWhileLoopOperation { ConditionIsTop: true } early: Walk(early.Condition); break;
            default: break;
        }
    }

    private void WalkSwitch(ISwitchOperation choice)
    {
        Walk(choice.Value);
        if (_state is null) return;
        FlowState entry = _state.Clone();
        bool hasDefault = false;
        FlowState? after = null;
        _jumps[choice.ExitLabel] = new Jump(_resources.Count);
        foreach (ISwitchCaseOperation section in choice.Cases)
        {
            hasDefault |= section.Clauses.Any(static clause => clause.CaseKind == CaseKind.Default);
            _state = entry.Clone();
            WalkBlock(section.Body);
            after = FlowState.Join(after, _state);
        }

        _state = FlowState.Join(FlowState.Join(after, hasDefault ? null : entry), _jumps[choice.ExitLabel].Take());
    }

    private void WalkTry(ITryOperation attempt)
    {
        FlowState before = _state!.Clone();
        IEnumerable<IInvocationOperation> last = attempt.Finally?.Descendants().OfType<IInvocationOperation>() ?? [];
        List<ISymbol> closed = [.. last.Where(static call => call.IsDispose(out _)).Select(static call => call.Receiver().Variable()).OfType<ISymbol>()];
        foreach (ISymbol symbol in closed) _closedByFinally.Add(symbol);
        Walk(attempt.Body);
        FlowState? tried = _state, after = _state;
        foreach (ICatchClauseOperation handler in attempt.Catches)
        {
            _state = FlowState.Join(before.Clone(), tried?.Clone());
            Walk(handler.Filter);
            Walk(handler.Handler);
            after = FlowState.Join(after, _state);
        }

        foreach (ISymbol symbol in closed) _closedByFinally.Remove(symbol);
        _state = after ?? before;
        Walk(attempt.Finally);
        if (after is null) _state = null;
    }

    private void WalkReturn(IReturnOperation result)
    {
        TrackedValue? value = Walk(result.ReturnedValue);
        if (_state is null) return;
        if (result.Kind == OperationKind.YieldReturn)
        {
            CrossSuspension();
            return;
        }

        if (value is not null && result.ReturnedValue is { } returned && Carries(value, returned)) CheckReturned(value, returned);
        _state = null;
    }

    private void CheckReturned(TrackedValue value, IOperation returned)
    {
        for (PassScope? scope = value.Birth; scope is not null; scope = scope.Outer)
        {
            if (!scope.EndsWithBlock && (scope.Local is null || !_closedByFinally.Contains(scope.Local))) continue;
            _findings.Escapes(value, returned, "returned");
            return;
        }

        foreach (Resource resource in _resources)
        {
            if (value.Kind is ValueKind.Tensor or ValueKind.Memory && resource.Variable is { } variable && SymbolEqualityComparer.Default.Equals(value.Source, variable))
                _findings.EscapesUsing(value, returned, variable, "returned");
        }
    }

    private void WalkBranch(IBranchOperation branch)
    {
        if (_jumps.TryGetValue(branch.Target, out Jump? jump))
        {
            CloseOn(_state!, jump.Depth);
            jump.Add(_state!);
        }

        _state = null;
    }

    private void WalkAll(IEnumerable<IOperation> operations)
    {
        foreach (IOperation operation in operations) Walk(operation);
    }

    /// <summary>What <c>using</c> will close: a scope, or the value of a variable.</summary>
    private readonly struct Resource(PassScope? scope, ISymbol? variable)
    {
        internal PassScope? Scope { get; } = scope;

        internal ISymbol? Variable { get; } = variable;
    }

    /// <summary>What is known at the breaks or continues of a loop.</summary>
    private sealed class Jump(int depth)
    {
        private FlowState? _joined;

        internal int Depth { get; } = depth;

        internal void Add(FlowState state) => _joined = FlowState.Join(_joined, state);

        internal FlowState? Take()
        {
            (FlowState? joined, _joined) = (_joined, null);
            return joined;
        }
    }
}
