namespace Workspaces.Memory;

/// <summary>The unit of every arena: blocks start at a multiple of 64 bytes and take whole granules.</summary>
public static class Granule
{
    /// <summary>Bytes of one granule: a cache line, and the widest vector register.</summary>
    public const int Bytes = 64;

    /// <summary>The most bytes one block may ask for (2⁶² - 64), so that sums of two stay in range.</summary>
    public const long MaxRequest = (1L << 62) - Bytes;

    /// <summary>The bytes that a request really takes.</summary>
    /// <param name="bytes">Bytes asked for, from 0 to <see cref="MaxRequest"/>.</param>
    /// <returns>The next multiple of 64; 0 for 0.</returns>
    public static long RoundUp(long bytes) => (bytes + (Bytes - 1)) & ~(Bytes - 1L);
}
