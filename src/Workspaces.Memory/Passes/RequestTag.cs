using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Passes;

/// <summary>
/// Tells requests of equal size apart, so that one more or less in a pass does not shift all that follow into wrong slots. 31 bits from the op's name, the
/// data type and the number of the output; the same in every process, because plans are saved. A collision costs a spill at most.
/// </summary>
internal static class RequestTag
{
    private const uint Mask = 0x7FFF_FFFF;

    /// <summary>The tag of a request; 0 for a caller who says nothing.</summary>
    /// <param name="op">The op or purpose: its length and four of its characters count.</param>
    /// <param name="kind">Number of the data type, or 0.</param>
    /// <param name="index">Which output of the op, from 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Of(string? op, int kind = 0, int index = 0)
    {
        if (string.IsNullOrEmpty(op)) return kind == 0 ? 0 : Mixed((uint)kind);
        int n = op.Length;
        uint name = ((uint)n << 24) ^ ((uint)op[0] << 16) ^ ((uint)op[n / 3] << 11) ^ ((uint)op[2 * n / 3] << 5) ^ op[n - 1];
        return Mixed((name * 0x9E37_79B1) ^ ((uint)index << 8) ^ (uint)(kind + 1));
    }

    /// <summary>Never 0, which stands for unknown, and never the tag of scratch.</summary>
    private static uint Mixed(uint value)
    {
        uint tag = (value ^ (value >> 15)) & Mask;
        return tag is 0 or Mask ? 1 : tag;
    }
}
