using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.NN;

/// <summary>A table of learned vectors: indices of any shape become that shape with one axis more.</summary>
public sealed class Embedding : Module
{
    /// <summary>Makes the layer. By default the table is standard normal, as in PyTorch.</summary>
    /// <param name="count">Vectors in the table, at least 1.</param>
    /// <param name="width">Elements of a vector, at least 1.</param>
    /// <param name="paddingIndex">Vector that is 0 at the beginning and gets no gradient; -1 for none.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="initializer">Draws the table; null for the default.</param>
    /// <param name="seed">Of the draws; null for one that differs from layer to layer and run to run. See also <see cref="Module.Initialize"/>.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number out of range.</exception>
    /// <exception cref="ArgumentException">Not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public Embedding(
        long count, long width, long paddingIndex = -1, DType dtype = DType.F32, Initializer? initializer = null, ulong? seed = null,
        WorkspaceManager? manager = null)
    {
        Count = NNErrors.Positive(count, nameof(Embedding), nameof(count));
        Width = NNErrors.Positive(width, nameof(Embedding), nameof(width));
        if (paddingIndex < -1 || paddingIndex >= count)
            throw new ArgumentOutOfRangeException(nameof(paddingIndex), WorkspaceException.Compose(
                $"use vector {paddingIndex} for padding", nameof(Embedding), $"the table has vectors 0 to {count - 1}", "name one of them, or -1 for none"));
        PaddingIndex = paddingIndex;
        try
        {
            Weight = Register(
                "weight", new Parameter(new Shape(count, width), dtype, "weight", manager), initializer ?? new Normal(), seed ?? DerivedSeed.Fresh());
            ClearPadding();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Vectors in the table.</summary>
    public long Count { get; }

    /// <summary>Elements of a vector.</summary>
    public long Width { get; }

    /// <summary>Vector that gets no gradient, or -1.</summary>
    public long PaddingIndex { get; }

    /// <summary>The table, [count, width].</summary>
    public Parameter Weight { get; }

    /// <summary>Looks vectors up.</summary>
    /// <param name="input">int64 or int32 of any shape, each 0 to count - 1.</param>
    /// <returns>The input's shape, then width.</returns>
    /// <exception cref="ArgumentException">Another type, or an index out of range.</exception>
    public override Tensor Forward(Tensor input) => Weight.Value.Embedding(input, PaddingIndex);

    /// <inheritdoc/>
    protected internal override string Describe() => $"Embedding({Count} → {Width}{(PaddingIndex < 0 ? "" : $", padding {PaddingIndex}")})";

    /// <inheritdoc/>
    protected override void Reseed(ulong seed) => ClearPadding();

    private void ClearPadding()
    {
        if (PaddingIndex < 0) return;
        Tensor table = Weight.Value;
        Arithmetic.FillInPlace(TensorFrames.View(table, table.Layout.Select(0, PaddingIndex), nameof(Embedding)), 0);
    }
}
