using System.Diagnostics;
using System.Numerics;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Elementwise;

/// <summary>A function of one element and of up to two numbers that it was made from.</summary>
/// <typeparam name="TSelf">The function itself.</typeparam>
internal interface IFunction<TSelf>
    where TSelf : struct, IFunction<TSelf>
{
    /// <summary>The function for two numbers; those that have none ignore them.</summary>
    static virtual TSelf Of(double first, double second) => default;

    /// <summary>Whether f32 values and gradients have a form for registers of any width, with the same bits; only for functions without numbers.</summary>
    static virtual bool IsWide => false;

    /// <summary>The value at x, for wide registers.</summary>
    static virtual TVector WideValue<TVector, TSimd>(TVector x)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector> => throw new UnreachableException();

    /// <summary>The value at x.</summary>
    Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>A function with its derivative.</summary>
/// <typeparam name="TSelf">The function itself.</typeparam>
internal interface IDifferentiableFunction<TSelf> : IFunction<TSelf>
    where TSelf : struct, IDifferentiableFunction<TSelf>
{
    /// <summary>Whether the derivative is told from the value, so that x need not be kept.</summary>
    static virtual bool FromValue => false;

    /// <summary>dx, for wide registers.</summary>
    static virtual TVector WideGradient<TVector, TSimd>(TVector kept, TVector dy)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector> => throw new UnreachableException();

    /// <summary>dx from what was kept (x, or the value) and dy.</summary>
    Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>The value of a function as a map.</summary>
internal readonly struct ValueMap<TFunction>(TFunction function) : IVectorMap
    where TFunction : struct, IFunction<TFunction>
{
    /// <inheritdoc/>
    public static int Inputs => 1;

    /// <inheritdoc/>
    public static bool IsWide => TFunction.IsWide;

    /// <inheritdoc/>
    public static TVector InvokeWide<TVector, TSimd>(TVector a, TVector b)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector> => TFunction.WideValue<TVector, TSimd>(a);

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => function.Value(a);
}

/// <summary>The gradient of a function as a map of what was kept and dy.</summary>
internal readonly struct GradientMap<TFunction>(TFunction function) : IVectorMap
    where TFunction : struct, IDifferentiableFunction<TFunction>
{
    /// <inheritdoc/>
    public static int Inputs => 2;

    /// <inheritdoc/>
    public static bool IsWide => TFunction.IsWide;

    /// <inheritdoc/>
    public static TVector InvokeWide<TVector, TSimd>(TVector a, TVector b)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector> => TFunction.WideGradient<TVector, TSimd>(a, b);

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => function.Gradient(a, b);
}
