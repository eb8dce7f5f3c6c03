using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.RandomPrograms;

/// <summary>Takes the steps of one pass: tensors on a stack, alive or not; whatever a step does to them, its result or its refusal is written down.</summary>
internal sealed partial class ProgramMachine
{
    private const int CarriedMost = 3;
    private readonly ProgramRun _run;
    private readonly List<Tensor> _stack;
    private readonly List<Tensor> _leaves = [];
    private readonly int[] _codes;
    private Pass _pass;
    private bool _isOnThread;
    private int _at;
    private int _end;

    internal ProgramMachine(ProgramRun run, Pass pass, int[] codes)
    {
        _run = run;
        _pass = pass;
        _codes = codes;
        _end = codes.Length;
        _stack = [.. run.Carried, run.Outer, run.Parameters[0].Value, run.Parameters[1].Value];
        for (int i = 0; i < 3; i++)
        {
            Tensor leaf = run.Values(i);
            if (i < 2) _leaves.Add(leaf.RequireGrad());
            _stack.Add(leaf);
        }
    }

    /// <summary>Takes the next step; false when there is none.</summary>
    internal bool Step()
    {
        if (_at >= _end) return false;
        int code = _codes[_at++], rest = ProgramStep.Rest(code);
        _run.Steps++;
        Tensor a = FromTop(rest % 97), b = FromTop(rest / 97 % 89);
        ProgramAction action = ProgramStep.Action(code);
        if (ProgramStep.IsOp(code)) Attempt("op", () => _stack.Add(ProgramStep.Op(code)(a, b, rest)));
        else if (action < ProgramAction.NestedPass) Attempt(action.ToString(), () => Act(action, a, b, rest));
        else if (action != ProgramAction.EndPass) Attempt(action.ToString(), () => Block(action, rest));
        else if (rest % 4 == 0) throw new ProgramFailure();
        return true;
    }

    /// <summary>The end of the pass: one more walk back, and a look at gradients and tensors.</summary>
    internal void Finish()
    {
        Attempt("last walk", () => _stack[Math.Max(0, _stack.FindLastIndex(HasGraph))].Sum().Backward());
        foreach (Tensor leaf in _leaves) Attempt("gradient of a leaf", () => ShowGradient(leaf.Grad));
        foreach (Parameter parameter in _run.Parameters) Attempt("gradient of a parameter", () => ShowGradient(parameter.Grad));
        for (int i = 0; i < _stack.Count; i++)
        {
            Tensor tensor = _stack[i];
            if (_run.Program.ReadsAll || i % 4 == 1) Attempt("tensor at the end", () => _run.Show("tensor at the end", tensor));
        }
    }

    /// <summary>What the next pass begins with.</summary>
    internal List<Tensor> Carry() => _stack.Count <= CarriedMost ? _stack : _stack[^CarriedMost..];

    private static string KindOf(Exception error) => error switch
    {
        StaleAccessException => "stale",
        OutOfWorkspaceException => "no memory",
        ShapeException => "shape",
        WorkspaceException => "workspace",
        ArgumentException => "argument",
        ObjectDisposedException => "disposed",
        InvalidOperationException => "refused",
        _ => "unexpected",
    };

    /// <summary>Whether a gradient can flow back from a tensor; one that its last use has ended answers too, so that all runs choose the same.</summary>
    private static bool HasGraph(Tensor tensor)
    {
        try
        {
            return tensor.RequiresGrad;
        }
        catch (StaleAccessException)
        {
            return false;
        }
    }

    private Tensor FromTop(int place) => _stack[_stack.Count - 1 - (place % _stack.Count)];

    /// <summary>A refusal is part of what a program does; its kind is compared too. What no program may ever see goes on.</summary>
    private void Attempt(string what, Action action) => Attempt(what, _run.Steps, _run.Log, action);

    internal static void Attempt(string what, int step, List<Seen> log, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is not ProgramFailure && KindOf(error) is not "unexpected")
        {
            log.Add(new Seen(what, step, KindOf(error), 0));
        }
    }

    private void ShowGradient(Tensor? gradient)
    {
        if (gradient is { } known) _run.Show("gradient", known);
        else _run.Log.Add(new Seen("no gradient", _run.Steps, null, 0));
    }
}
