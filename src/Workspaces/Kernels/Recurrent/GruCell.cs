using System.Numerics;
using Workspaces.Kernels.Elementwise;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Recurrent;

/// <summary>
/// Gated recurrent unit (Cho and others 2014) in PyTorch's form, gates in its order: reset r, update z, candidate n. n = tanh(x + r q) with
/// q the product of the last state; h = (1 - z) n + z h'. The memory is q.
/// </summary>
internal readonly struct GruCell : IRecurrentCell
{
    /// <inheritdoc/>
    public static int Gates => 3;

    /// <inheritdoc/>
    public static bool HasMemory => true;

    /// <inheritdoc/>
    public static bool SplitsGates => true;

    /// <inheritdoc/>
    public static void Forward<T>(
        Span<T> gates, ReadOnlySpan<T> hidden, ReadOnlySpan<T> before, ReadOnlySpan<T> memoryBefore, Span<T> memory, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int h = y.Length;
        Span<T> both = gates[..(2 * h)], z = gates.Slice(h, h), n = gates[(2 * h)..];
        TensorPrimitives.Add(both, hidden[..(2 * h)], both);
        SteadyMath.Sigmoid<T>(both, both);
        hidden[(2 * h)..].CopyTo(memory);
        TensorPrimitives.MultiplyAdd(gates[..h], memory, n, n);
        TanhKernel.Run<T>(n, n);
        TensorPrimitives.Subtract(before, n, y);
        TensorPrimitives.MultiplyAdd(y, z, n, y);
    }

    /// <inheritdoc/>
    public static void Backward<T>(in CellStep<T> step, Span<T> dState, Span<T> dMemory, Span<T> dGates, Span<T> dHidden)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int h = dState.Length;
        ReadOnlySpan<T> gates = step.Gates, before = step.Before, product = step.Memory;
        Vector<T> one = Vector<T>.One;
        for (int j = 0; j < h; j += Vector<T>.Count)
        {
            Vector<T> r = RowVector.Load(gates[..h], j), z = RowVector.Load(gates.Slice(h, h), j), n = RowVector.Load(gates[(2 * h)..], j);
            Vector<T> dh = RowVector.Load<T>(dState, j), dn = dh * (one - z) * (one - (n * n));
            Vector<T> dr = dn * RowVector.Load(product, j) * r * (one - r), dz = dh * (RowVector.Load(before, j) - n) * z * (one - z);
            RowVector.Store(dr, dGates[..h], j);
            RowVector.Store(dz, dGates.Slice(h, h), j);
            RowVector.Store(dn, dGates[(2 * h)..], j);
            RowVector.Store(dr, dHidden[..h], j);
            RowVector.Store(dz, dHidden.Slice(h, h), j);
            RowVector.Store(dn * r, dHidden[(2 * h)..], j);
            RowVector.Store(dh * z, dState, j);
        }
    }
}
