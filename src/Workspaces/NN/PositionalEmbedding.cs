using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Adds a learned vector to each position: [batch, position, width] + weight[0..positions].</summary>
public sealed class PositionalEmbedding : Module
{
    /// <summary>Makes the layer. By default the vectors are standard normal, as those of <see cref="Embedding"/>.</summary>
    /// <param name="length">Most positions, at least 1.</param>
    /// <param name="width">Elements of a vector, at least 1.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="initializer">Draws the vectors; null for the default.</param>
    /// <param name="seed">Of the draws; null for one that differs from layer to layer and run to run.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public PositionalEmbedding(
        long length, long width, DType dtype = DType.F32, Initializer? initializer = null, ulong? seed = null, WorkspaceManager? manager = null)
    {
        Length = NNErrors.Positive(length, nameof(PositionalEmbedding), nameof(length));
        Width = NNErrors.Positive(width, nameof(PositionalEmbedding), nameof(width));
        try
        {
            Weight = Register(
                "weight", new Parameter(new Shape(length, width), dtype, "weight", manager), initializer ?? new Normal(), seed ?? DerivedSeed.Fresh());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Most positions.</summary>
    public long Length { get; }

    /// <summary>Elements of a vector.</summary>
    public long Width { get; }

    /// <summary>The vectors, [length, width].</summary>
    public Parameter Weight { get; }

    /// <summary>Adds the vectors of the first positions.</summary>
    /// <param name="input">[..., position, width] with at most <see cref="Length"/> positions.</param>
    /// <returns>A new tensor of the input's shape.</returns>
    /// <exception cref="ShapeException">Too many positions, or another width.</exception>
    public override Tensor Forward(Tensor input)
    {
        long positions = PositionCheck.Run(nameof(PositionalEmbedding), input, Length, Width);
        using Tensor rows = Weight.Value.Slice(0, 0, positions);
        return input + rows;
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"PositionalEmbedding({Length} × {Width})";
}
