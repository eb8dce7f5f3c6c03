using Workspaces.Autograd;
using Workspaces.Kernels.Gemm;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The packed copy of a layer's weight, while there is one.</summary>
internal sealed class PackableWeight : IDisposable
{
    private PackedWeight? _copy;

    /// <summary>Copies the weight as it is now.</summary>
    internal void Pack(Parameter weight)
    {
        Dispose();
        _copy = new PackedWeight(weight.Value, weight.Manager);
    }

    /// <summary>Frees the copy, until the weight is packed again.</summary>
    public void Dispose()
    {
        _copy?.Dispose();
        _copy = null;
    }

    /// <summary>x · weightᵀ + bias, or the larger of that and 0, with the copy where it is that of the weight and helps.</summary>
    internal Tensor Linear(Tensor input, Parameter weight, Parameter? bias, bool rectified = false) => _copy is { } copy && CanUse(copy, input)
        ? LinearLayer.Run(input, copy, bias?.Value, rectified)
        : LinearLayer.Run(input, weight.Value, bias?.Value, rectified);

    private static bool CanUse(PackedWeight copy, Tensor input)
    {
        Shape shape = input.Shape, weight = copy.Shape;
        return shape.Rank > 0 && shape[-1] == weight[1] && PanelGemm.Helps((int)Math.Min(shape.Length / weight[1], int.MaxValue), (int)weight[0], (int)weight[1])
            && !Gradients.AreRecorded && copy.IsCurrent;
    }
}
