namespace Workspaces.Memory.Rings;

/// <summary>
/// How large a slot is: the second largest need of the last 64 lives, in whole steps of commitment. A single oversize batch therefore gets pages of its
/// own for that once, and they go back; the second within 64 lives makes the slots larger, and 64 lives without make them smaller again.
/// </summary>
internal sealed class RingSizes
{
    private const int Window = 64;
    private const long SmallStep = 64L << 10, LargeStep = 2L << 20; // as arenas commit
    private readonly long[] _last = new long[Window];
    private long _lives;
    private long _bytes;

    /// <summary>Bytes that a slot keeps.</summary>
    internal long SlotBytes => Volatile.Read(ref _bytes);

    /// <summary>Learns from one life and tells what to keep after it.</summary>
    internal long Observe(long bytes)
    {
        _last[_lives++ % Window] = bytes;
        long largest = 0, second = 0;
        for (int i = 0; i < Math.Min(_lives, Window); i++)
        {
            long size = _last[i];
            second = Math.Max(second, Math.Min(size, largest));
            largest = Math.Max(largest, size);
        }

        long needed = _lives == 1 ? largest : second, step = needed < LargeStep ? SmallStep : LargeStep;
        long kept = (needed + step - 1) / step * step;
        Volatile.Write(ref _bytes, kept);
        return kept;
    }
}
