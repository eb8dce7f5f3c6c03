using System.Numerics;

namespace Workspaces.Kernels.Reductions;

/// <summary>Whether any element is not 0; false of none.</summary>
internal readonly struct AnyTrue<T> : IReduction<T, byte, byte>
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static byte Identity => 0;

    /// <inheritdoc/>
    public static byte Combine(byte state, T x) => T.IsZero(x) ? state : (byte)1;

    /// <inheritdoc/>
    public static byte Combine(byte state, ReadOnlySpan<T> run) => state != 0 || run.ContainsAnyExcept(T.Zero) ? (byte)1 : (byte)0;

    /// <inheritdoc/>
    public static void CombineEach(Span<byte> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++) states[i] = Combine(states[i], row[i]);
    }

    /// <inheritdoc/>
    public static byte Finish(byte state, long count) => state;
}

/// <summary>Whether all elements are not 0; true of none.</summary>
internal readonly struct AllTrue<T> : IReduction<T, byte, byte>
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static byte Identity => 1;

    /// <inheritdoc/>
    public static byte Combine(byte state, T x) => T.IsZero(x) ? (byte)0 : state;

    /// <inheritdoc/>
    public static byte Combine(byte state, ReadOnlySpan<T> run) => state != 0 && !run.Contains(T.Zero) ? (byte)1 : (byte)0;

    /// <inheritdoc/>
    public static void CombineEach(Span<byte> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++) states[i] = Combine(states[i], row[i]);
    }

    /// <inheritdoc/>
    public static byte Finish(byte state, long count) => state;
}
