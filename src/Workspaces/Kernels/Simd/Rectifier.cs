namespace Workspaces.Kernels.Simd;

/// <summary>The larger of each element and 0, in place; not a number stays one. For results that were just written and still lie in a near cache.</summary>
internal static unsafe class Rectifier<T, TVector, TSimd>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Rectifies a row.</summary>
    public static void Row(T* x, int count)
    {
        for (; count >= TSimd.Count; count -= TSimd.Count, x += TSimd.Count) TSimd.Store(x, TSimd.Max(TSimd.Load(x), TSimd.Zero));
        if (count > 0) TSimd.StorePartial(x, TSimd.Max(TSimd.LoadPartial(x, count), TSimd.Zero), count);
    }

    /// <summary>Rectifies rows that lie <paramref name="ld"/> elements apart.</summary>
    public static void Rows(T* x, nint ld, int rows, int columns)
    {
        for (; rows > 0; rows--, x += ld) Row(x, columns);
    }
}
