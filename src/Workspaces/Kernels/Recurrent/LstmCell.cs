using System.Numerics;
using System.Runtime.InteropServices;
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
        if (typeof(T) == typeof(float))
        {
            LstmRegisters.Forward(Single(gates), Single(memoryBefore), Single(memory), Single(y));
            return;
        }

        int h = y.Length;
        Span<T> g = gates.Slice(2 * h, h), o = gates[(3 * h)..];
        SteadyMath.Sigmoid<T>(gates[..(2 * h)], gates[..(2 * h)]);
        TanhKernel.Run<T>(g, g);
        SteadyMath.Sigmoid<T>(o, o);
        TensorPrimitives.Multiply(gates[..h], g, memory);
        TensorPrimitives.MultiplyAdd(gates.Slice(h, h), memoryBefore, memory, memory);
        TanhKernel.Run<T>(memory, y);
        TensorPrimitives.Multiply(y, o, y);
    }

    /// <inheritdoc/>
    public static void Backward<T>(in CellStep<T> step, Span<T> dState, Span<T> dMemory, Span<T> dGates, Span<T> dHidden)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            LstmRegisters.Backward(Single(step.Gates), Single(step.MemoryBefore), Single(step.Memory), Single(dState), Single(dMemory), Single(dGates));
            dState.Clear();
            return;
        }

        int h = dState.Length;
        ReadOnlySpan<T> input = step.Gates[..h], forget = step.Gates.Slice(h, h), candidate = step.Gates.Slice(2 * h, h), output = step.Gates.Slice(3 * h, h);
        ReadOnlySpan<T> cellBefore = step.MemoryBefore[..h];
        Span<T> dInput = dGates[..h], dForget = dGates.Slice(h, h), dCandidate = dGates.Slice(2 * h, h), tanh = dGates.Slice(3 * h, h);
        dMemory = dMemory[..h];
        TanhKernel.Run(step.Memory, tanh);
        Vector<T> one = Vector<T>.One;
        for (int j = 0; j < h; j += Vector<T>.Count)
        {
            Vector<T> i = RowVector.Load(input, j), f = RowVector.Load(forget, j), g = RowVector.Load(candidate, j), o = RowVector.Load(output, j);
            Vector<T> t = RowVector.Load<T>(tanh, j), dh = RowVector.Load<T>(dState, j);
            Vector<T> dc = RowVector.Load<T>(dMemory, j) + (dh * o * (one - (t * t)));
            RowVector.Store(dc * g * i * (one - i), dInput, j);
            RowVector.Store(dc * RowVector.Load(cellBefore, j) * f * (one - f), dForget, j);
            RowVector.Store(dc * i * (one - (g * g)), dCandidate, j);
            RowVector.Store(dh * t * o * (one - o), tanh, j);
            RowVector.Store(dc * f, dMemory, j);
        }

        dState.Clear();
    }

    private static Span<float> Single<T>(Span<T> row)
        where T : unmanaged => MemoryMarshal.Cast<T, float>(row);

    private static ReadOnlySpan<float> Single<T>(ReadOnlySpan<T> row)
        where T : unmanaged => MemoryMarshal.Cast<T, float>(row);
}
