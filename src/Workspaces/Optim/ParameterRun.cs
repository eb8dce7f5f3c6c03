using System.Numerics;
using System.Runtime.InteropServices;
using Workspaces.Autograd;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>
/// Parameters of one manager and type that lie one after the other in the slab, and so do their gradients in theirs. The optimizer's state is one block
/// for each number remembered, laid out alike:
/// <code>
///   parameters   [ 0.weight      ][ 0.bias ··][ 2.weight   ]      ·· is padding to a granule, zero everywhere
///   gradients    [ 0.weight.grad ][ 0.bias.grad ··][ …     ]
///   state 0      [                                         ]
/// </code>
/// In a step only stretches are updated whose parameters all have a gradient to apply and equal step numbers.
/// </summary>
internal sealed class ParameterRun
{
    internal const int MaxStates = 3;
    private readonly Parameter[] _parameters;
    private readonly int[] _moves;
    private readonly long[] _steps;
    private readonly bool[] _active;
    private readonly Tensor[] _state;
    private readonly int _elements;

    private ParameterRun(Parameter[] parameters, int stateCount, ParameterGroup? group)
    {
        _parameters = parameters;
        Group = group;
        _moves = Array.ConvertAll(parameters, static parameter => parameter.Moves);
        _steps = new long[parameters.Length];
        _active = new bool[parameters.Length];
        _state = new Tensor[stateCount];
        Manager = parameters[0].Manager;
        DType = parameters[0].Value.DType;
        _elements = End(parameters.Length - 1);
    }

    internal WorkspaceManager Manager { get; }

    internal DType DType { get; }

    internal int Count => _parameters.Length;

    /// <summary>Numbers remembered for each element.</summary>
    internal int StateCount => _state.Length;

    /// <summary>True once they have been allocated.</summary>
    internal bool HasState => _state.Length > 0 && _state[^1].IsAlive;

    /// <summary>The group whose rate and decay hold; null outside optimizers.</summary>
    internal ParameterGroup? Group { get; }

    /// <summary>Bytes of the values, with the padding between them.</summary>
    internal long TotalBytes => (long)_elements * DType.SizeInBytes;

    /// <summary>Splits parameters into runs; parameters without elements are in none.</summary>
    internal static ParameterRun[] Partition(IReadOnlyList<Parameter> parameters, int stateCount, ParameterGroup? group = null)
    {
        var runs = new List<ParameterRun>();
        IEnumerable<Parameter> filled = parameters.Where(static parameter => parameter.Length > 0);
        foreach (IGrouping<WorkspaceManager, Parameter> owned in filled.GroupBy(static parameter => parameter.Manager))
        {
            var run = new List<Parameter>();
            foreach (Parameter parameter in owned.OrderBy(static parameter => parameter.SlabOffset))
            {
                if (run.Count > 0 && !Continues(run, parameter))
                {
                    runs.Add(new ParameterRun([.. run], stateCount, group));
                    run.Clear();
                }

                run.Add(parameter);
            }

            runs.Add(new ParameterRun([.. run], stateCount, group));
        }

        return [.. runs];
    }

    /// <summary>Checks that all parameters are alive and notes which have a gradient to apply.</summary>
    /// <param name="by">Who asks.</param>
    /// <param name="pass">The pass that counts the use; null outside every workspace.</param>
    /// <param name="all">True to treat every parameter as one to write, whatever its gradient.</param>
    internal void Prepare(string by, Frame? pass, bool all = false)
    {
        pass?.NoteHost(Manager);
        for (int i = 0; i < _parameters.Length; i++)
        {
            Parameter parameter = _parameters[i];
            parameter.Value.Checked(by);
            if (parameter.Moves != _moves[i]) OptimizerErrors.ThrowMoved(by, parameter);
            _active[i] = all || parameter.GradState == GradientState.Accumulated;
        }
    }

    /// <summary>Makes the state when the first gradient has come; all of it or none.</summary>
    /// <returns>True when it was made now.</returns>
    internal bool AllocateState(string by)
    {
        if (_state.Length == 0 || _state[^1].IsAlive || !_active.AsSpan().Contains(true)) return false;
        try
        {
            for (int i = 0; i < _state.Length; i++)
                _state[i] = TensorFrames.Allocate(Manager.Persistent.State, DType, new Shape(_elements), by, zeroed: true);
            return true;
        }
        catch
        {
            ReleaseState();
            throw;
        }
    }

    /// <summary>Gives one number of every element its first value; only on managers that compute.</summary>
    internal void FillState(int index, double value)
    {
        if (DType == DType.F32) State<float>(index, 0, _elements).Fill((float)value);
        else State<double>(index, 0, _elements).Fill(value);
    }

    internal void ReleaseState()
    {
        foreach (Tensor state in _state) state.Dispose();
    }

    /// <summary>Sets what is remembered to 0, as it was when it was allocated.</summary>
    internal void ClearState()
    {
        for (int i = 0; i < _state.Length; i++) FillState(i, 0);
    }

    internal Parameter ParameterAt(int place) => _parameters[place];

    /// <summary>The place of a parameter, or -1.</summary>
    internal int PlaceOf(Parameter parameter) => Array.IndexOf(_parameters, parameter);

    internal long StepsOf(int place) => _steps[place];

    internal void SetSteps(int place, long steps) => _steps[place] = steps;

    /// <summary>One number of every element of a parameter, without the padding, as a view.</summary>
    internal Tensor StateView(int index, int place) => _state[index].Slice(0, Start(place), _parameters[place].Length);

    /// <summary>Raises the versions of what will be written, so that a weight saved before the step is noticed as changed.</summary>
    internal void BeginWrite(string by)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (!_active[i]) continue;
            Tensor value = _parameters[i].Value, read = Group is null ? value : _parameters[i].GradientOrStale(by);
            using var op = new OpScope(by, Manager.Persistent.State, value, read);
            op.BeginWrite(value, mayBeLeaf: true);
            op.Complete();
        }
    }

    /// <summary>The next stretch of parameters that can be updated together.</summary>
    /// <param name="next">Where to look from; afterwards, where to look next.</param>
    /// <param name="first">The first parameter of the stretch.</param>
    /// <param name="last">The last one.</param>
    internal bool TryFindSegment(ref int next, out int first, out int last)
    {
        while (next < _active.Length && !_active[next]) next++;
        first = last = next;
        if (next == _active.Length) return false;
        while (last + 1 < _active.Length && _active[last + 1] && _steps[last + 1] == _steps[first]) last++;
        next = last + 1;
        return true;
    }

    /// <summary>Bytes of the values of a stretch.</summary>
    internal long Bytes(int first, int last) => (long)(End(last) - Start(first)) * DType.SizeInBytes;

    /// <summary>The elements of a stretch, and their padding between parameters.</summary>
    internal OptimizerSlice<T> Slice<T>(int first, int last, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int start = Start(first), length = End(last) - start;
        return new OptimizerSlice<T>(
            Extend<T>(_parameters[first].Value, length), Extend<T>(_parameters[first].GradientOrStale("step"), length),
            State<T>(0, start, length), State<T>(1, start, length), State<T>(2, start, length), Group, _steps[first] + 1, team);
    }

    /// <summary>All values, with their padding, for readers and writers that care for no gradients.</summary>
    internal Span<T> Values<T>()
        where T : unmanaged => Extend<T>(_parameters[0].Value, _elements);

    /// <summary>One number of every element.</summary>
    internal Span<T> State<T>(int index)
        where T : unmanaged => State<T>(index, 0, _elements);

    /// <summary>Checks once more that nothing was disposed meanwhile, and counts the step if it was computed.</summary>
    internal void Complete(string by, bool consume, bool counts)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (!_active[i]) continue;
            _parameters[i].Value.Checked(by);
            if (counts) _steps[i]++;
            if (consume) _parameters[i].ConsumeGradient();
        }
    }

    private static bool Continues(List<Parameter> run, Parameter next)
    {
        Parameter last = run[^1];
        long bytes = next.SlabOffset + next.SlabBytes - run[0].SlabOffset;
        return last.SlabOffset + last.SlabBytes == next.SlabOffset && last.Value.DType == next.Value.DType
            && bytes / next.Value.DType.SizeInBytes <= int.MaxValue;
    }

    /// <summary>A span from a parameter over its neighbours: what <see cref="Partition"/> has found to be one stretch of memory.</summary>
    private static Span<T> Extend<T>(Tensor first, int length)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(TensorMemory.Span<T>(first.Checked("step"))), length);

    private Span<T> State<T>(int index, int start, int length)
        where T : unmanaged =>
        index < _state.Length ? TensorMemory.Span<T>(_state[index].Checked("step")).Slice(start, length) : [];

    private int Start(int parameter) => (int)((_parameters[parameter].SlabOffset - _parameters[0].SlabOffset) / DType.SizeInBytes);

    private int End(int parameter) => Start(parameter) + (int)_parameters[parameter].Length;
}
