using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Workspaces.Kernels.Recurrent;

/// <summary>Registers filled from and stored to rows of any length: the last one of a row is padded with 0 and stored in part, so one formula serves all.</summary>
internal static class RowVector
{
    /// <summary>Elements from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Load<T>(ReadOnlySpan<T> row, int at)
        where T : unmanaged => row.Length - at >= Vector<T>.Count ? Vector.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)at) : LoadPart(row[at..]);

    /// <summary>Writes as many elements as the row has from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector<T> value, Span<T> row, int at)
        where T : unmanaged
    {
        if (row.Length - at >= Vector<T>.Count)
            value.StoreUnsafe(ref MemoryMarshal.GetReference(row), (nuint)at);
        else
            StorePart(value, row[at..]);
    }

    private static Vector<T> LoadPart<T>(ReadOnlySpan<T> rest)
        where T : unmanaged
    {
        Span<T> padded = stackalloc T[Vector<T>.Count];
        rest.CopyTo(padded);
        return new Vector<T>(padded);
    }

    private static void StorePart<T>(Vector<T> value, Span<T> rest)
        where T : unmanaged
    {
        for (int i = 0; i < rest.Length; i++)
            rest[i] = value[i];
    }
}
