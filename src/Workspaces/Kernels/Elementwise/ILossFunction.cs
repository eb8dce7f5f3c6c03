using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>A loss of one prediction x and one target t, weighted where the loss knows a weight (else it is 1).</summary>
/// <typeparam name="TSelf">The loss itself.</typeparam>
internal interface ILossFunction<TSelf>
    where TSelf : struct, ILossFunction<TSelf>
{
    /// <summary>Name of the op.</summary>
    static abstract string Name { get; }

    /// <summary>The loss for a number; those that have none ignore it.</summary>
    static virtual TSelf Of(double number) => default;

    /// <summary>The loss.</summary>
    Vector<T> Value<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Its derivative by the prediction.</summary>
    Vector<T> Slope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Its derivative by the target.</summary>
    Vector<T> TargetSlope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => -Slope(x, t, weight);
}

/// <summary>The loss as a map of prediction, target and weight.</summary>
internal readonly struct LossMap<TLoss>(TLoss loss) : IVectorMap
    where TLoss : struct, ILossFunction<TLoss>
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => loss.Value(a, b, c);
}

/// <summary>The gradient of a prediction as a map of prediction, target, weight and dy; dy is divided first.</summary>
internal readonly struct LossGradient<TLoss>(TLoss loss, double divisor) : IVectorMap
    where TLoss : struct, ILossFunction<TLoss>
{
    /// <inheritdoc/>
    public static int Inputs => 4;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => d / VectorMath.All<T>(divisor) * loss.Slope(a, b, c);
}

/// <summary>The gradient of a target, as <see cref="LossGradient{TLoss}"/>.</summary>
internal readonly struct TargetGradient<TLoss>(TLoss loss, double divisor) : IVectorMap
    where TLoss : struct, ILossFunction<TLoss>
{
    /// <inheritdoc/>
    public static int Inputs => 4;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => d / VectorMath.All<T>(divisor) * loss.TargetSlope(a, b, c);
}
