namespace Workspaces.Ops;

/// <summary>A permutation of at most 8 axes in one number, 4 bits an axis.</summary>
internal static class AxisOrder
{
    internal static long PackInverse(ReadOnlySpan<int> order)
    {
        long packed = 0;
        for (int i = 0; i < order.Length; i++) packed |= (long)i << (4 * order[i]);
        return packed;
    }

    internal static void Unpack(long packed, Span<int> order)
    {
        for (int i = 0; i < order.Length; i++) order[i] = (int)(packed >> (4 * i)) & 15;
    }
}
