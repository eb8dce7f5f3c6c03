using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>
/// A copy of a linear layer's weight in the order in which the kernel of a product reads it, for a weight that stays the same over many products: each of them
/// then copies nothing. It takes as much memory again as the weight, with its columns rounded up to two registers, and lives until it is disposed.
/// </summary>
public sealed class PackedWeight : IDisposable
{
    private readonly Tensor _weight;
    private readonly int _version;

    /// <summary>Copies a weight.</summary>
    /// <param name="weight">[out, in], float32 or float64, neither of them 0.</param>
    /// <param name="manager">Owner of the memory; null for the process-wide one.</param>
    /// <exception cref="ShapeException">Not two axes, or an empty one.</exception>
    /// <exception cref="ArgumentException">Not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public PackedWeight(Tensor weight, WorkspaceManager? manager = null)
    {
        const string Name = nameof(PackedWeight);
        Shape shape = weight.Checked(Name).Layout.Shape;
        Dispatch.RequireFloat(weight, Name);
        if (shape.Rank != 2 || shape.Length == 0)
            throw new ShapeException($"pack a weight of {shape}", Name, "a weight has two axes [out, in], neither of them empty", "give the weight of a linear layer");
        _weight = weight;
        _version = weight.Version;
        Shape = shape;
        int n = checked((int)shape[0]), k = checked((int)shape[1]);
        long length = weight.DType == DType.F32 ? PanelGemm.Length<float>(n, k) : PanelGemm.Length<double>(n, k);
        Panels = TensorFrames.Allocate((manager ?? WorkspaceManager.Default).Persistent.State, weight.DType, new Shape(length), Name);
        try
        {
            if (weight.DType == DType.F32) Fill<float>(weight, n, k);
            else Fill<double>(weight, n, k);
        }
        catch
        {
            Panels.Dispose();
            throw;
        }
    }

    /// <summary>The shape of the weight, [out, in].</summary>
    public Shape Shape { get; }

    /// <summary>Whether the weight still has the values that were copied. A write through a span that was taken before is not seen.</summary>
    public bool IsCurrent => _weight.IsAlive && Panels.IsAlive && _weight.Version == _version;

    /// <summary>The copy: panel after panel of columns.</summary>
    internal Tensor Panels { get; }

    /// <summary>Frees the copy. A second call does nothing.</summary>
    public void Dispose() => Panels.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"packed weight {Shape}{(IsCurrent ? "" : ", no longer that of the layer")}";

    private void Fill<T>(Tensor weight, int n, int k)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor usable = MatrixProduct.Usable(nameof(PackedWeight), weight);
        using Tensor made = Arithmetic.Made(usable, weight);
        using var op = new OpScope(nameof(PackedWeight), usable, Panels);
        op.BeginWrite(Panels, mayBeLeaf: true);
        MatrixOperand.TryOf(usable.Layout, out MatrixOperand matrix);
        if (op.Computes) PanelGemm.Pack(n, k, op.ReadSpan<T>(usable), matrix.LeadingDimension, !matrix.Transposed, op.WriteSpan<T>(Panels));
        op.Complete();
    }
}
