using Workspaces.Autograd;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>What an optimizer remembers, for checkpoints.</summary>
public abstract partial class Optimizer
{
    /// <summary>Kind of the optimizer, e.g. <c>Adam</c>.</summary>
    internal string Kind => _name;

    /// <summary>Numbers remembered for each element of a parameter's run; 0 for parameters without elements.</summary>
    internal int StateCountOf(Parameter parameter) => Find(parameter, out _)?.StateCount ?? 0;

    /// <summary>Whether the numbers of a parameter have been allocated: with the first step.</summary>
    internal bool HasStateOf(Parameter parameter) => Find(parameter, out _) is { HasState: true };

    /// <summary>One number of every element of a parameter, as a view of one axis. Dispose it.</summary>
    internal Tensor StateOf(Parameter parameter, int index) => Find(parameter, out int place)!.StateView(index, place);

    /// <summary>Steps that a parameter has taken.</summary>
    internal long StepsOf(Parameter parameter) => Find(parameter, out int place)?.StepsOf(place) ?? 0;

    /// <summary>Goes on with the counts of another optimizer; state that it had is allocated here, with first values.</summary>
    internal void Restore(long stepCount, Func<Parameter, (long Steps, bool HasState)> of)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        StepCount = stepCount;
        using var use = new PassUse();
        foreach (ParameterRun run in _runs)
        {
            bool any = false;
            for (int i = 0; i < run.Count; i++)
            {
                (long steps, bool hasState) = of(run.ParameterAt(i));
                run.SetSteps(i, steps);
                any |= hasState;
            }

            if (!any || run.StateCount == 0) continue;
            run.Prepare(_name, use.Frame, all: true);
            if (!run.AllocateState(_name)) run.ClearState();
            FillState(run);
        }
    }

    private ParameterRun? Find(Parameter parameter, out int place)
    {
        foreach (ParameterRun run in _runs)
        {
            place = run.PlaceOf(parameter);
            if (place >= 0) return run;
        }

        place = -1;
        return null;
    }
}
