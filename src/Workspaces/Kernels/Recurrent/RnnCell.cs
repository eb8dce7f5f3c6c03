using System.Numerics;
using Workspaces.Kernels.Elementwise;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Recurrent;

/// <summary>The plain recurrence (Elman 1990): h = tanh(x + W h').</summary>
internal readonly struct TanhCell : IRecurrentCell
{
    /// <inheritdoc/>
    public static int Gates => 1;

    /// <inheritdoc/>
    public static bool HasMemory => false;

    /// <inheritdoc/>
    public static bool SplitsGates => false;

    /// <inheritdoc/>
    public static void Forward<T>(
        Span<T> gates, ReadOnlySpan<T> hidden, ReadOnlySpan<T> before, ReadOnlySpan<T> memoryBefore, Span<T> memory, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T> => TanhKernel.Run<T>(gates, y);

    /// <inheritdoc/>
    public static void Backward<T>(in CellStep<T> step, Span<T> dState, Span<T> dMemory, Span<T> dGates, Span<T> dHidden)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int j = 0; j < dState.Length; j += Vector<T>.Count)
        {
            Vector<T> y = RowVector.Load(step.State, j);
            RowVector.Store(RowVector.Load<T>(dState, j) * (Vector<T>.One - (y * y)), dGates, j);
        }

        dState.Clear();
    }
}

/// <summary>The plain recurrence with h = max(x + W h', 0).</summary>
internal readonly struct ReluCell : IRecurrentCell
{
    /// <inheritdoc/>
    public static int Gates => 1;

    /// <inheritdoc/>
    public static bool HasMemory => false;

    /// <inheritdoc/>
    public static bool SplitsGates => false;

    /// <inheritdoc/>
    public static void Forward<T>(
        Span<T> gates, ReadOnlySpan<T> hidden, ReadOnlySpan<T> before, ReadOnlySpan<T> memoryBefore, Span<T> memory, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Max(gates, T.Zero, y);

    /// <inheritdoc/>
    public static void Backward<T>(in CellStep<T> step, Span<T> dState, Span<T> dMemory, Span<T> dGates, Span<T> dHidden)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int j = 0; j < dState.Length; j += Vector<T>.Count)
        {
            Vector<T> above = Vector.GreaterThan(RowVector.Load(step.State, j), Vector<T>.Zero);
            RowVector.Store(Vector.ConditionalSelect(above, RowVector.Load<T>(dState, j), Vector<T>.Zero), dGates, j);
        }

        dState.Clear();
    }
}
