using Workspaces.Kernels.Recurrent;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>How a recurrence runs; packed into one number of its node.</summary>
/// <param name="Kind">The cell.</param>
/// <param name="BatchFirst">True for [samples, steps, …], false for [steps, samples, …].</param>
/// <param name="Reverse">True to run from the last step to the first.</param>
/// <param name="WithCell">True to put the last cell state behind the output, as one more step.</param>
/// <param name="HasBias">True when a bias is added to the product with the last state; cells that do not split gates have none.</param>
/// <param name="HasState">True when there is an initial state.</param>
internal readonly record struct RecurrentCall(RecurrentCellKind Kind, bool BatchFirst, bool Reverse, bool WithCell, bool HasBias, bool HasState)
{
    /// <summary>Gates side by side.</summary>
    internal int Gates => Kind switch { RecurrentCellKind.Lstm => 4, RecurrentCellKind.Gru => 3, _ => 1 };

    /// <summary>True when a sequence of cell states or products is kept.</summary>
    internal bool HasMemory => Kind is RecurrentCellKind.Lstm or RecurrentCellKind.Gru;

    /// <summary>True when the product with the last state is kept apart from that with the input.</summary>
    internal bool SplitsGates => Kind == RecurrentCellKind.Gru;

    /// <summary>Number of the input that is the initial state, where there is one.</summary>
    internal int StateInput => HasBias ? 3 : 2;

    /// <summary>The call as a number.</summary>
    internal long Pack() =>
        (long)Kind | (BatchFirst ? 4L : 0) | (Reverse ? 8L : 0) | (WithCell ? 16L : 0) | (HasBias ? 32L : 0) | (HasState ? 64L : 0);

    /// <summary>The call that a number stands for.</summary>
    internal static RecurrentCall Unpack(long number) => new(
        (RecurrentCellKind)(number & 3), (number & 4) != 0, (number & 8) != 0, (number & 16) != 0, (number & 32) != 0, (number & 64) != 0);

    /// <summary>Sizes of a run on gates [.., .., gates · hidden].</summary>
    internal RecurrenceSettings Settings(in Shape gates) => new()
    {
        Steps = checked((int)gates[BatchFirst ? 1 : 0]),
        Samples = checked((int)gates[BatchFirst ? 0 : 1]),
        Hidden = checked((int)(gates[2] / Gates)),
        Reverse = Reverse,
        BatchFirst = BatchFirst,
        HasState = HasState,
        WithCell = WithCell,
    };

    /// <summary>Shape of the output: the states, and one step more with the last cell state.</summary>
    internal Shape OutputShape(in Shape gates)
    {
        int steps = BatchFirst ? 1 : 0;
        return gates.WithSize(2, gates[2] / Gates).WithSize(steps, gates[steps] + (WithCell ? 1 : 0));
    }

    /// <summary>Elements of the kept memory with the initial values behind it.</summary>
    internal long MemoryLength(in RecurrenceSettings settings)
    {
        long initial = !HasState ? 0 : Kind == RecurrentCellKind.Lstm ? 2 : 1;
        return ((HasMemory ? settings.Steps : 0) + initial) * settings.StateLength;
    }
}
