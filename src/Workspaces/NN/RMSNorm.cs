using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Divides each sample by the root of the mean square over its last axis, then scales each place (Zhang and Sennrich 2019).</summary>
public sealed class RMSNorm : Module
{
    /// <summary>Makes the layer.</summary>
    /// <param name="width">Size of the last axis, at least 1.</param>
    /// <param name="epsilon">Added to the mean square, above 0.</param>
    /// <param name="affine">Whether places are scaled, by 1 at the beginning.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public RMSNorm(long width, double epsilon = 1e-6, bool affine = true, DType dtype = DType.F32, WorkspaceManager? manager = null)
    {
        Width = NNErrors.Positive(width, nameof(RMSNorm), nameof(width));
        Epsilon = NNErrors.AtLeast(epsilon, double.Epsilon, nameof(RMSNorm), nameof(epsilon));
        if (affine) Weight = Register("weight", new Parameter(new Shape(width), dtype, "weight", manager), new Constant(1));
    }

    /// <summary>Size of the last axis.</summary>
    public long Width { get; }

    /// <summary>Added to the mean square.</summary>
    public double Epsilon { get; }

    /// <summary>The factors, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>Normalises.</summary>
    /// <param name="input">Any shape whose last axis has <see cref="Width"/> elements.</param>
    /// <returns>A new tensor of the input's shape.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The input has another data type.</exception>
    public override Tensor Forward(Tensor input)
    {
        NormCheck.Run(nameof(RMSNorm), input, new Shape(Width));
        return input.RmsNorm(Weight?.Value, Epsilon);
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"RMSNorm({Width}{(Weight is null ? ", not affine" : "")})";
}
