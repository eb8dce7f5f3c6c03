namespace Workspaces.Memory.Sites;

/// <summary>
/// The places of the events of a pass, by their number in it. Passes repeat, so the n-th request of a pass comes from where the n-th request of the last one
/// came from, as long as it asks for as much for the same op; one in <see cref="AllocationSites.OneIn"/> is looked up all the same.
/// </summary>
internal sealed class SiteBook
{
    private const int MostEvents = 1 << 16;
    private readonly object _sync = new();
    private Entry[] _entries = [];
    private uint _seen;

    /// <summary>The place of an event.</summary>
    /// <param name="sites">How often to look.</param>
    /// <param name="number">Its number in the pass.</param>
    /// <param name="op">What the block is for.</param>
    /// <param name="bytes">Its size.</param>
    internal CodeSite? Of(AllocationSites sites, ulong number, string? op, long bytes)
    {
        lock (_sync)
        {
            bool due = ++_seen % (uint)sites.OneIn == 0, fits = number < MostEvents;
            if (!fits) return due ? AllocationSites.Capture() : null;
            if ((int)number >= _entries.Length) Array.Resize(ref _entries, Math.Max(32, (int)number * 2));
            ref Entry entry = ref _entries[number];
            if (!due && entry.Known && ReferenceEquals(entry.Op, op) && entry.Bytes == bytes) return entry.Site;
            entry = new Entry(true, op, bytes, AllocationSites.Capture());
            return entry.Site;
        }
    }

    private readonly record struct Entry(bool Known, string? Op, long Bytes, CodeSite? Site);
}
