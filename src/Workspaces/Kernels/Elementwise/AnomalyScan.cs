using System.Numerics;
using System.Runtime.InteropServices;

namespace Workspaces.Kernels.Elementwise;

/// <summary>Looks for NaN and infinity.</summary>
internal static class AnomalyScan
{
    /// <summary>The first NaN, or infinity where asked, or -1.</summary>
    internal static int First<T>(ReadOnlySpan<T> values, bool infinities)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
        int clean = 0;
        foreach (Vector<T> vector in vectors)
        {
            // x - x is 0 for every number and NaN for what is none
            if (!(infinities ? Vector.EqualsAll(vector - vector, Vector<T>.Zero) : Vector.EqualsAll(vector, vector))) break;
            clean += Vector<T>.Count;
        }

        for (int i = clean; i < values.Length; i++)
        {
            if (IsAnomaly(values[i], infinities)) return i;
        }

        return -1;
    }

    internal static bool IsAnomaly<T>(T value, bool infinities)
        where T : unmanaged, IFloatingPointIeee754<T> => T.IsNaN(value) || (infinities && T.IsInfinity(value));
}
