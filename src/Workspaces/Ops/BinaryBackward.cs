using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>d(a + b) = da + db, each summed over the axes in which it was broadcast.</summary>
internal sealed class AddBackward : Differential
{
    internal static readonly AddBackward Instance = new();

    internal override string Name => "Add";

    internal override void Backward(in BackwardContext context)
    {
        for (int i = 0; i < context.Node.Inputs; i++) BroadcastGradient.Send(context, i, context.Gradient, owned: false);
    }
}

/// <summary>d(a - b) = da - db.</summary>
internal sealed class SubtractBackward : Differential
{
    internal static readonly SubtractBackward Instance = new();

    internal override string Name => "Subtract";

    internal override void Backward(in BackwardContext context)
    {
        BroadcastGradient.Send(context, 0, context.Gradient, owned: false);
        if (context.WantsGradient(1)) BroadcastGradient.Send(context, 1, Arithmetic.Unary<NegateKernel>("Negate", context.Gradient), owned: true);
    }
}

/// <summary>d(ab) = b da + a db.</summary>
internal sealed class MultiplyBackward : Differential
{
    internal static readonly MultiplyBackward Instance = new();

    internal override string Name => "Multiply";

    internal override void Backward(in BackwardContext context)
    {
        for (int i = 0; i < 2; i++)
        {
            if (!context.WantsGradient(i)) continue;
            Tensor product = Arithmetic.Binary<MultiplyKernel>("Multiply", context.Gradient, context.Saved(1 - i));
            context.ReleaseSaved(1 - i);
            BroadcastGradient.Send(context, i, product, owned: true);
        }
    }
}

/// <summary>d(ca) = c da for a number c.</summary>
internal sealed class ScaleBackward : Differential
{
    internal static readonly ScaleBackward Instance = new();

    internal override string Name => "Multiply";

    internal override void Backward(in BackwardContext context)
    {
        if (context.WantsGradient(0)) context.SendOwned(0, Arithmetic.WithScalar<MultiplyKernel>(Name, context.Gradient, context.Node.Factor));
    }
}

/// <summary>d(a/b) = da / b - (a/b) db / b.</summary>
internal sealed class DivideBackward : Differential
{
    internal static readonly DivideBackward Instance = new();

    internal override string Name => "Divide";

    internal override void Backward(in BackwardContext context)
    {
        Tensor dA = Arithmetic.BinaryFloat<DivideKernel>(Name, context.Gradient, context.Saved(0));
        context.ReleaseSaved(0);
        if (context.WantsGradient(1))
        {
            using Tensor product = Arithmetic.Binary<MultiplyKernel>(Name, dA, context.Saved(1));
            BroadcastGradient.Send(context, 1, Arithmetic.Unary<NegateKernel>(Name, product), owned: true);
        }

        if (context.WantsGradient(0)) BroadcastGradient.Send(context, 0, dA, owned: true);
        else GradientHold.Drop(dA);
    }
}

/// <summary>d(aⁿ) = n aⁿ⁻¹ da.</summary>
internal sealed class PowBackward : Differential
{
    internal static readonly PowBackward Instance = new();

    internal override string Name => "Pow";

    internal override void Backward(in BackwardContext context)
    {
        double exponent = context.Node.Factor;
        if (exponent == 0)
        {
            context.SendOwned(0, Arithmetic.WithScalar<MultiplyKernel>(Name, context.Gradient, 0));
            return;
        }

        Tensor dX = Arithmetic.WithScalarFloat<PowKernel>(Name, context.Saved(0), exponent - 1);
        context.ReleaseSaved(0);
        Arithmetic.InPlaceScalar<MultiplyKernel>(Name, dX, exponent);
        Arithmetic.InPlace<MultiplyKernel>(Name, dX, context.Gradient);
        context.SendOwned(0, dX);
    }
}

/// <summary>The gradient goes to the operand that was chosen, half to each at a tie; where one is NaN, all of it to both.</summary>
internal sealed class ExtremeBackward : Differential
{
    internal static readonly ExtremeBackward Instance = new();

    internal override string Name => "Maximum";

    internal override void Backward(in BackwardContext context)
    {
        bool largest = context.Node.Number == 1;
        Tensor savedA = context.Saved(0), savedB = context.Saved(1), dY = context.Gradient;
        using Tensor convertedA = Arithmetic.Converted(savedA, dY.DType), convertedB = Arithmetic.Converted(savedB, dY.DType);
        Tensor a = convertedA.HeaderOrNull is null ? savedA : convertedA, b = convertedB.HeaderOrNull is null ? savedB : convertedB;
        var share = new ExtremeShare(largest);
        if (context.WantsGradient(0)) BroadcastGradient.Send(context, 0, Maps.Run(Name, share, a, b, dY), owned: true);
        if (context.WantsGradient(1)) BroadcastGradient.Send(context, 1, Maps.Run(Name, share, b, a, dY), owned: true);
    }
}
