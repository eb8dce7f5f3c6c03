using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Weights that a loss brings along, as numbers: each call makes a tensor of them in the ambient pass, in the type of its input.</summary>
internal readonly struct ClassWeights
{
    private readonly double[] _exact;
    private readonly float[] _single;

    internal ClassWeights(ReadOnlySpan<double> weights, string loss)
    {
        _exact = weights.ToArray();
        _single = Array.ConvertAll(_exact, static weight => (float)weight);
        foreach (double weight in weights) NNErrors.AtLeast(weight, 0, loss, nameof(weights));
    }

    /// <summary>The numbers; empty for weights of 1.</summary>
    internal IReadOnlyList<double> Values => _exact;

    /// <summary>The weights as a tensor, or null. The caller releases it.</summary>
    internal Tensor? Make(DType dtype) => _exact.Length == 0 ? null : dtype == DType.F64 ? Tensor.From<double>(_exact) : Tensor.From<float>(_single);
}
