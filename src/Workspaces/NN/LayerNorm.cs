using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Normalises each sample over its last axes to mean 0 and variance 1, then scales and shifts each place (Ba, Kiros and Hinton 2016).</summary>
public sealed class LayerNorm : Module
{
    /// <summary>Makes the layer over the last axis.</summary>
    /// <param name="width">Size of the last axis, at least 1.</param>
    /// <param name="epsilon">Added to the variance, above 0.</param>
    /// <param name="affine">Whether places are scaled, by 1 at the beginning.</param>
    /// <param name="bias">Whether places are shifted too, by 0 at the beginning.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public LayerNorm(long width, double epsilon = 1e-5, bool affine = true, bool bias = true, DType dtype = DType.F32, WorkspaceManager? manager = null)
        : this(new Shape(NNErrors.Positive(width, nameof(LayerNorm), nameof(width))), epsilon, affine, bias, dtype, manager)
    {
    }

    /// <summary>Makes the layer over several last axes.</summary>
    /// <param name="shape">Their sizes, at least one axis.</param>
    /// <param name="epsilon">Added to the variance, above 0.</param>
    /// <param name="affine">Whether places are scaled, by 1 at the beginning.</param>
    /// <param name="bias">Whether places are shifted too, by 0 at the beginning.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public LayerNorm(Shape shape, double epsilon = 1e-5, bool affine = true, bool bias = true, DType dtype = DType.F32, WorkspaceManager? manager = null)
    {
        Epsilon = NNErrors.AtLeast(epsilon, double.Epsilon, nameof(LayerNorm), nameof(epsilon));
        NNErrors.Positive(shape.Rank == 0 ? 0 : shape.Length, nameof(LayerNorm), nameof(shape));
        NormalizedShape = shape;
        try
        {
            if (affine) Weight = Register("weight", new Parameter(shape, dtype, "weight", manager), new Constant(1));
            if (affine && bias) Bias = Register("bias", new Parameter(shape, dtype, "bias", manager), new Zeros());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Sizes of the axes that are normalised together.</summary>
    public Shape NormalizedShape { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>The factors, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>The summands, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Normalises.</summary>
    /// <param name="input">Any shape that ends with <see cref="NormalizedShape"/>.</param>
    /// <returns>A new tensor of the input's shape.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The input has another data type.</exception>
    public override Tensor Forward(Tensor input)
    {
        NormCheck.Run(nameof(LayerNorm), input, NormalizedShape);
        return input.LayerNorm(Weight?.Value, Bias?.Value, Epsilon, NormalizedShape.Rank);
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"LayerNorm({NormalizedShape}{(Weight is null ? ", not affine" : Bias is null ? ", no bias" : "")})";
}
