using System.Numerics;

namespace Workspaces.Kernels.Recurrent;

/// <summary>The arithmetic of one step of one sample, all spans one state wide unless said otherwise.</summary>
internal interface IRecurrentCell
{
    /// <summary>Gates, which lie side by side.</summary>
    static abstract int Gates { get; }

    /// <summary>True when a second sequence of state width is kept: cell states, or products that the way back needs.</summary>
    static abstract bool HasMemory { get; }

    /// <summary>True when the product with the last state is not simply added to that with the input.</summary>
    static abstract bool SplitsGates { get; }

    /// <summary>One step forward.</summary>
    /// <param name="gates">All gates before activation, overwritten with what they are after it.</param>
    /// <param name="hidden">The product with the last state for cells that split gates, else empty.</param>
    /// <param name="before">The last state.</param>
    /// <param name="memoryBefore">The memory of the last step.</param>
    /// <param name="memory">The memory of this step.</param>
    /// <param name="y">The new state.</param>
    static abstract void Forward<T>(
        Span<T> gates, ReadOnlySpan<T> hidden, ReadOnlySpan<T> before, ReadOnlySpan<T> memoryBefore, Span<T> memory, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>One step back.</summary>
    /// <param name="step">What the step forward has left.</param>
    /// <param name="dState">Gradient of the new state; overwritten with what reaches the last one other than through the gates.</param>
    /// <param name="dMemory">Gradient of the memory; overwritten with that of the last step's.</param>
    /// <param name="dGates">Receives the gradient of the gates before activation.</param>
    /// <param name="dHidden">Receives that of the product with the last state for cells that split gates, else empty.</param>
    static abstract void Backward<T>(in CellStep<T> step, Span<T> dState, Span<T> dMemory, Span<T> dGates, Span<T> dHidden)
        where T : unmanaged, IFloatingPointIeee754<T>;
}
