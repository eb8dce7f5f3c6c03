using System.Numerics;
using Workspaces.Kernels.Elementwise;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Recurrent;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers and others 2000), gates in PyTorch's order:
/// input i, forget f, candidate g, output o. c = f c' + i g; h = o tanh(c). The memory is c.
/// </summary>
internal readonly struct LstmCell : IRecurrentCell
{
    /// <inheritdoc/>
    public static int Gates => 4;

    /// <inheritdoc/>
    public static bool HasMemory => true;

    /// <inheritdoc/>
    public static bool SplitsGates => false;

    /// <inheritdoc/>
    public static void Forward<T>(
        Span<T> gates, ReadOnlySpan<T> hidden, ReadOnlySpan<T> before, ReadOnlySpan<T> memoryBefore, Span<T> memory, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int h = y.Length;
        Span<T> g = gates.Slice(2 * h, h), o = gates[(3 * h)..];
        TensorPrimitives.Sigmoid(gates[..(2 * h)], gates[..(2 * h)]);
        TanhKernel.Run<T>(g, g);
        TensorPrimitives.Sigmoid(o, o);
        TensorPrimitives.Multiply(gates[..h], g, memory);
        TensorPrimitives.MultiplyAdd(gates.Slice(h, h), memoryBefore, memory, memory);
        TanhKernel.Run<T>(memory, y);
        TensorPrimitives.Multiply(y, o, y);
    }

    /// <inheritdoc/>
    public static void Backward<T>(in CellStep<T> step, Span<T> dState, Span<T> dMemory, Span<T> dGates, Span<T> dHidden)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int h = dState.Length;
        ReadOnlySpan<T> gates = step.Gates, cell = step.Memory, cellBefore = step.MemoryBefore;
        Span<T> tanh = dGates[(3 * h)..];
        TanhKernel.Run(cell, tanh);
        Vector<T> one = Vector<T>.One;
        for (int j = 0; j < h; j += Vector<T>.Count)
        {
            Vector<T> i = RowVector.Load(gates[..h], j), f = RowVector.Load(gates.Slice(h, h), j);
            Vector<T> g = RowVector.Load(gates.Slice(2 * h, h), j), o = RowVector.Load(gates[(3 * h)..], j);
            Vector<T> t = RowVector.Load<T>(tanh, j), dh = RowVector.Load<T>(dState, j);
            Vector<T> dc = RowVector.Load<T>(dMemory, j) + (dh * o * (one - (t * t)));
            RowVector.Store(dc * g * i * (one - i), dGates[..h], j);
            RowVector.Store(dc * RowVector.Load(cellBefore, j) * f * (one - f), dGates.Slice(h, h), j);
            RowVector.Store(dc * i * (one - (g * g)), dGates.Slice(2 * h, h), j);
            RowVector.Store(dh * t * o * (one - o), tanh, j);
            RowVector.Store(dc * f, dMemory, j);
        }

        dState.Clear();
    }
}
