using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.RandomPrograms;

/// <summary>Actions that are no ops, and blocks.</summary>
internal sealed partial class ProgramMachine
{
    private const int LongestBody = 7, StaleOnesKept = 2;

    private void Act(ProgramAction action, Tensor a, Tensor b, int rest)
    {
        switch (action)
        {
            case ProgramAction.Dispose: a.Dispose(); break;
            case ProgramAction.Read: _run.Show("read", a); break;
            case ProgramAction.Backward: a.Sum().Backward(); break;
            case ProgramAction.BackwardRetained: (a * b).Backward(b, retainGraph: true); break;
            case ProgramAction.AddInPlace: a.AddInPlace(b); break;
            case ProgramAction.MultiplyInPlace: a.MultiplyInPlace(b); break;
            case ProgramAction.ReluInPlace: a.ReluInPlace(); break;
            case ProgramAction.FillPart: a.Select(0, 1).FillInPlace(rest % 5); break;
            case ProgramAction.CopyOver: b.CopyTo(a); break;
            case ProgramAction.WriteSpan: a.AsSpan<float>()[rest % _run.Program.Columns] = 0.25f; break;
            case ProgramAction.Keep: a.Keep(); break;
            case ProgramAction.PushGradient: PushGradient(a, rest); break;
            case ProgramAction.ReadGradient: ShowGradient(a.Grad); break;
            case ProgramAction.MoveToOther: _stack.Add((rest % 2 == 0 ? a.Detach() : a).MoveTo(_run.Other)); break;
            case ProgramAction.MoveToRoot: _stack.Add((rest % 2 == 0 ? a.Detach() : a).MoveTo(_run.Workspace)); break;
            case ProgramAction.Hook: a.OnGradient(static gradient => gradient * 0.5); break;
            case ProgramAction.Update: ProgramRun.Update(_run.Parameters[rest % 2]); break;
            case ProgramAction.Trim: Trim(rest); break;
            case ProgramAction.Text: ShowText(a); break;
            case ProgramAction.Leaf: Leaf(rest); break;
            default: Repeat(a, rest); break;
        }
    }

    private void PushGradient(Tensor a, int rest)
    {
        Tensor? gradient = a.RequiresGrad && a.Grad is { } own ? own : _run.Parameters[rest % 2].Grad;
        if (gradient is { } known) _stack.Add(known);
    }

    private void Trim(int rest)
    {
        if (rest % 2 == 0) _run.Workspace.Trim();
        else _run.Manager.Trim();
    }

    private void ShowText(Tensor a)
    {
        long bits = 0;
        foreach (char letter in a.ToString()) bits = (bits * 31) + letter;
        _run.Log.Add(new Seen("text", _run.Steps, null, bits));
    }

    private void Leaf(int rest)
    {
        Tensor leaf = _run.Values(rest % 50).RequireGrad();
        _leaves.Add(leaf);
        _stack.Add(leaf);
    }

    /// <summary>A segment that is run again on the way back.</summary>
    private void Repeat(Tensor a, int rest)
    {
        ProgramOp first = ProgramOps.All[rest % ProgramOps.All.Length].Run, second = ProgramOps.All[rest / 97 % ProgramOps.All.Length].Run;
        Tensor weight = _run.Parameters[rest % 2].Value;
        _stack.Add(Recompute.Run(x => second(first(x, weight, rest), x, rest), a));
    }

    private void Block(ProgramAction action, int rest)
    {
        int outerEnd = _end;
        Pass outer = _pass;
        bool wasOnThread = _isOnThread;
        int below = _stack.Count;
        _end = Math.Min(_end, _at + 1 + (rest % LongestBody));
        int end = _end;
        try
        {
            Open(action, rest);
        }
        finally
        {
            (_pass, _isOnThread, _at, _end) = (outer, wasOnThread, end, outerEnd);
            if (_stack.Count > below + StaleOnesKept) _stack.RemoveRange(below, _stack.Count - below - StaleOnesKept); // most of them have ended with their pass
        }
    }

    private void Open(ProgramAction action, int rest)
    {
        switch (action)
        {
            case ProgramAction.NestedPass: using (_pass = _run.Workspace.Enter()) Body(); break;
            case ProgramAction.OtherWorkspace: using (_pass = _run.Other.Enter()) Body(); break;
            case ProgramAction.NestedPassWithResult: WithResult(_pass); break;
            case ProgramAction.OnThread: OnThread(rest); break;
            case ProgramAction.NoGradient: using (Gradients.Off()) Body(); break;
            case ProgramAction.Rewind: Rewound(); break;
            case ProgramAction.Failing: Failing(); break;
            case ProgramAction.FailingPass: FailingPass(rest); break;
            case ProgramAction.Hop: Hop(); break;
            default: Fork(); break;
        }
    }

    private void Body()
    {
        while (Step())
        {
        }
    }

    private void WithResult(Pass target)
    {
        using (_pass = _run.Workspace.Enter())
        {
            Body();
            _stack.Add(FromTop(0).Detach().MoveTo(target));
        }
    }

    private void OnThread(int rest)
    {
        using ThreadPass pass = (rest % 2 == 0 ? _run.Workspace : _run.Other).EnterOnThread();
        (_pass, _isOnThread) = (pass.Pass, true);
        Body();
    }

    private void Rewound()
    {
        PassMark mark = _pass.Mark();
        Body();
        _pass.Rewind(mark);
    }

    private void Failing()
    {
        try
        {
            Body();
            throw new ProgramFailure();
        }
        catch (ProgramFailure)
        {
            _run.Log.Add(new Seen("block", _run.Steps, "thrown", 0));
        }
    }

    private void FailingPass(int rest)
    {
        try
        {
            using (_pass = (rest % 2 == 0 ? _run.Workspace : _run.Other).Enter())
            {
                Body();
                throw new ProgramFailure();
            }
        }
        catch (ProgramFailure)
        {
            _run.Log.Add(new Seen("pass in a pass", _run.Steps, "thrown", 0));
        }
    }

    private void Hop()
    {
        if (_isOnThread) Body(); // what is ambient on a thread only does not go along
        else _run.Hop(Body);
    }

    /// <summary>Two lanes, each with a stack of its own over what lies on this one, and with a result written to a tensor made before.</summary>
    private void Fork()
    {
        int half = _at + ((_end - _at) / 2);
        int[] first = _codes[_at..half], second = _codes[half.._end];
        Tensor[] known = [.. _stack], results = [_run.Values(30), _run.Values(31)];
        List<Seen> firstLog = [], secondLog = [];
        _run.Steps += _end - _at;
        using (Lanes lanes = _pass.Fork(2))
        {
            _run.Both(!_isOnThread, () => Lane(lanes, 0, first, known, results[0], firstLog), () => Lane(lanes, 1, second, known, results[1], secondLog));
        }

        _run.Log.AddRange(firstLog);
        _run.Log.AddRange(secondLog);
        _stack.AddRange(results);
    }

    private static void Lane(Lanes lanes, int index, int[] codes, Tensor[] known, Tensor result, List<Seen> log)
    {
        using Pass lane = lanes.Enter(index);
        using NoGradScope off = Gradients.Off();
        List<Tensor> stack = [.. known];
        for (int i = 0; i < codes.Length; i++)
        {
            int code = codes[i], rest = ProgramStep.Rest(code);
            Tensor a = stack[stack.Count - 1 - (rest % 97 % stack.Count)], b = stack[stack.Count - 1 - (rest / 97 % 89 % stack.Count)];
            if (ProgramStep.IsOp(code)) Attempt("op in a lane", i, log, () => stack.Add(ProgramStep.Op(code)(a, b, rest)));
            else if (stack.Count > known.Length) stack[^1].Dispose();
        }

        Attempt("result of a lane", codes.Length, log, () => stack[^1].CopyTo(result));
    }
}
