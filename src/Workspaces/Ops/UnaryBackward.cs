using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>dx from one saved tensor and dy by an elementwise kernel of two operands.</summary>
internal abstract class SavedOperandBackward : Differential
{
    internal sealed override void Backward(in BackwardContext context) => context.SendOwned(0, Run(context.Saved(0), context.Gradient));

    /// <summary>dx from what was saved and the gradient of the output.</summary>
    protected abstract Tensor Run(Tensor saved, Tensor dY);
}

/// <summary>dy where y is above 0, else 0.</summary>
internal sealed class ReluBackward : SavedOperandBackward
{
    internal static readonly ReluBackward Instance = new();

    internal override string Name => "Relu";

    protected override Tensor Run(Tensor saved, Tensor dY) => Arithmetic.BinaryFloat<ReluGradientKernel>(Name, saved, dY);
}

/// <summary>dy (1 - y²).</summary>
internal sealed class TanhBackward : SavedOperandBackward
{
    internal static readonly TanhBackward Instance = new();

    internal override string Name => "Tanh";

    protected override Tensor Run(Tensor saved, Tensor dY) => Arithmetic.BinaryFloat<TanhGradientKernel>(Name, saved, dY);
}

/// <summary>dy y (1 - y).</summary>
internal sealed class SigmoidBackward : SavedOperandBackward
{
    internal static readonly SigmoidBackward Instance = new();

    internal override string Name => "Sigmoid";

    protected override Tensor Run(Tensor saved, Tensor dY) => Arithmetic.BinaryFloat<SigmoidGradientKernel>(Name, saved, dY);
}

/// <summary>dy sign(x).</summary>
internal sealed class AbsBackward : SavedOperandBackward
{
    internal static readonly AbsBackward Instance = new();

    internal override string Name => "Abs";

    protected override Tensor Run(Tensor saved, Tensor dY) => Arithmetic.BinaryFloat<AbsGradientKernel>(Name, saved, dY);
}

/// <summary>dy y.</summary>
internal sealed class ExpBackward : SavedOperandBackward
{
    internal static readonly ExpBackward Instance = new();

    internal override string Name => "Exp";

    protected override Tensor Run(Tensor saved, Tensor dY) => Arithmetic.Binary<MultiplyKernel>(Name, dY, saved);
}

/// <summary>dy / x.</summary>
internal sealed class LogBackward : SavedOperandBackward
{
    internal static readonly LogBackward Instance = new();

    internal override string Name => "Log";

    protected override Tensor Run(Tensor saved, Tensor dY) => Arithmetic.BinaryFloat<DivideKernel>(Name, dY, saved);
}

/// <summary>dy / (2y).</summary>
internal sealed class SqrtBackward : SavedOperandBackward
{
    internal static readonly SqrtBackward Instance = new();

    internal override string Name => "Sqrt";

    protected override Tensor Run(Tensor saved, Tensor dY)
    {
        using Tensor scaled = Arithmetic.WithScalar<MultiplyKernel>(Name, dY, 0.5);
        return Arithmetic.BinaryFloat<DivideKernel>(Name, scaled, saved);
    }
}

/// <summary>2 x dy.</summary>
internal sealed class SquareBackward : SavedOperandBackward
{
    internal static readonly SquareBackward Instance = new();

    internal override string Name => "Square";

    protected override Tensor Run(Tensor saved, Tensor dY)
    {
        Tensor dX = Arithmetic.WithScalar<MultiplyKernel>(Name, dY, 2);
        Arithmetic.InPlace<MultiplyKernel>(Name, dX, saved);
        return dX;
    }
}

/// <summary>dy cos(x).</summary>
internal sealed class SinBackward : SavedOperandBackward
{
    internal static readonly SinBackward Instance = new();

    internal override string Name => "Sin";

    protected override Tensor Run(Tensor saved, Tensor dY)
    {
        Tensor dX = Arithmetic.UnaryFloat<CosKernel>(Name, saved);
        Arithmetic.InPlace<MultiplyKernel>(Name, dX, dY);
        return dX;
    }
}

/// <summary>-dy sin(x).</summary>
internal sealed class CosBackward : SavedOperandBackward
{
    internal static readonly CosBackward Instance = new();

    internal override string Name => "Cos";

    protected override Tensor Run(Tensor saved, Tensor dY)
    {
        Tensor dX = Arithmetic.UnaryFloat<SinKernel>(Name, saved);
        Arithmetic.InPlaceScalar<MultiplyKernel>(Name, dX, -1);
        Arithmetic.InPlace<MultiplyKernel>(Name, dX, dY);
        return dX;
    }
}

/// <summary>-dy y².</summary>
internal sealed class ReciprocalBackward : SavedOperandBackward
{
    internal static readonly ReciprocalBackward Instance = new();

    internal override string Name => "Reciprocal";

    protected override Tensor Run(Tensor saved, Tensor dY)
    {
        Tensor dX = Arithmetic.Unary<SquareKernel>(Name, saved);
        Arithmetic.InPlaceScalar<MultiplyKernel>(Name, dX, -1);
        Arithmetic.InPlace<MultiplyKernel>(Name, dX, dY);
        return dX;
    }
}
