namespace Workspaces.Memory.Passes;

/// <summary>The size that leases of one name have needed; shared by all of them, so that a second lease starts with it.</summary>
internal sealed class LearnedSize
{
    private long _bytes;

    /// <summary>Most bytes that any lease had in use at once.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    internal void Observe(long peakBytes)
    {
        long known = Bytes;
        while (peakBytes > known)
        {
            long seen = Interlocked.CompareExchange(ref _bytes, peakBytes, known);
            if (seen == known) return;
            known = seen;
        }
    }
}
