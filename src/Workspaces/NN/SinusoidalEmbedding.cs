using System.Numerics;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Adds fixed vectors of sines and cosines to each position (Vaswani and others 2017): place 2i of position p is sin(p / 10000^(2i / width)), place
/// 2i + 1 the cosine. Nothing is learned, and the table is no parameter.
/// </summary>
public sealed class SinusoidalEmbedding : Module
{
    private readonly Tensor _table;

    /// <summary>Makes the layer and its table.</summary>
    /// <param name="length">Most positions, at least 1.</param>
    /// <param name="width">Elements of a vector, at least 1.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public SinusoidalEmbedding(long length, long width, DType dtype = DType.F32, WorkspaceManager? manager = null)
    {
        Length = NNErrors.Positive(length, nameof(SinusoidalEmbedding), nameof(length));
        Width = NNErrors.Positive(width, nameof(SinusoidalEmbedding), nameof(width));
        if (!dtype.IsFloatingPoint) NNErrors.ThrowNotFloat("make a table of sines", dtype);
        WorkspaceManager owner = manager ?? Memory.Passes.Ambient.Current?.Manager ?? WorkspaceManager.Default;
        _table = TensorFrames.Allocate(owner.Persistent.Parameters, dtype, new Shape(length, width), nameof(SinusoidalEmbedding));
        using var op = new OpScope(nameof(SinusoidalEmbedding), owner.Persistent.Parameters, _table);
        op.BeginWrite(_table, mayBeLeaf: true);
        if (op.Computes)
        {
            if (dtype == DType.F32) Fill(op.WriteSpan<float>(_table), (int)width);
            else Fill(op.WriteSpan<double>(_table), (int)width);
        }

        op.Complete();
    }

    /// <summary>Most positions.</summary>
    public long Length { get; }

    /// <summary>Elements of a vector.</summary>
    public long Width { get; }

    /// <summary>The vectors, [length, width].</summary>
    internal Tensor Table => _table;

    /// <summary>Adds the vectors of the first positions.</summary>
    /// <param name="input">[..., position, width] with at most <see cref="Length"/> positions.</param>
    /// <returns>A new tensor of the input's shape.</returns>
    /// <exception cref="ShapeException">Too many positions, or another width.</exception>
    public override Tensor Forward(Tensor input)
    {
        long positions = PositionCheck.Run(nameof(SinusoidalEmbedding), input, Length, Width);
        using Tensor rows = _table.Slice(0, 0, positions);
        return input + rows;
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"SinusoidalEmbedding({Length} × {Width})";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _table.Dispose();
        base.Dispose(disposing);
    }

    private static void Fill<T>(Span<T> table, int width)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < table.Length; i++)
        {
            int position = i / width, place = i % width;
            double angle = position / Math.Pow(10_000, (place - (place % 2)) / (double)width);
            table[i] = T.CreateTruncating(place % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }
    }
}
