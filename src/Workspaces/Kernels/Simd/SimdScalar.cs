using System.Numerics;
using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Simd;

/// <summary>One element at a time: the width that every machine has.</summary>
internal readonly unsafe struct SimdScalar<T> : ISimd<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static int TileRows => 4;

    /// <inheritdoc/>
    public static T Zero => T.Zero;

    /// <inheritdoc/>
    public static T Broadcast(T value) => value;

    /// <inheritdoc/>
    public static T Load(T* source) => *source;

    /// <inheritdoc/>
    public static T LoadPartial(T* source, int count) => count > 0 ? *source : T.Zero;

    /// <inheritdoc/>
    public static void Store(T* destination, T value) => *destination = value;

    /// <inheritdoc/>
    public static void StorePartial(T* destination, T value, int count)
    {
        if (count > 0)
            *destination = value;
    }

    /// <inheritdoc/>
    public static T Add(T a, T b) => a + b;

    /// <inheritdoc/>
    public static T Subtract(T a, T b) => a - b;

    /// <inheritdoc/>
    public static T Multiply(T a, T b) => a * b;

    /// <inheritdoc/>
    public static T Divide(T a, T b) => a / b;

    /// <inheritdoc/>
    public static T Sqrt(T a) => T.Sqrt(a);

    /// <inheritdoc/>
    public static T Min(T a, T b) => T.Min(a, b);

    /// <inheritdoc/>
    public static T Max(T a, T b) => T.Max(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MultiplyAdd(T a, T b, T c) => T.MultiplyAddEstimate(a, b, c);

    /// <inheritdoc/>
    public static T PowerOf2(T whole) => T.ScaleB(T.One, int.CreateTruncating(whole));

    /// <inheritdoc/>
    public static T SelectNegative(T x, T negative, T otherwise) => x < T.Zero ? negative : otherwise;

    /// <inheritdoc/>
    public static T Sum(T a) => a;
}
