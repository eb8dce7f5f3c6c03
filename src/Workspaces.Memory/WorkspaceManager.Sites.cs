using Workspaces.Memory.Sites;

namespace Workspaces.Memory;

/// <summary>Who wants to know places in the user's code.</summary>
public sealed partial class WorkspaceManager
{
    private readonly List<SiteRecording> _recordings = [];
    private volatile AllocationSites? _sites;

    /// <summary>How places are recorded; null while nobody wants them.</summary>
    internal AllocationSites? Sites => _sites;

    /// <summary>
    /// Records from now on where in the user's code blocks are made and released and where passes end, so that errors name both places. Passes that are open go on
    /// without. Costs time and managed memory while it lasts: a place is looked up for the first block at each position of a pass, and for one in
    /// <paramref name="oneIn"/> after that; the others are taken to come from where the block at their position came from last.
    /// </summary>
    /// <param name="oneIn">1 looks up each block, which is exact and slow.</param>
    /// <returns>Ends the recording when disposed. Recordings may overlap: the one that looks most often counts.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public IDisposable RecordSites(int oneIn = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(oneIn, 1);
        return new SiteRecording(this, oneIn);
    }

    internal void Add(SiteRecording recording)
    {
        lock (_recordings)
        {
            _recordings.Add(recording);
            Choose();
        }
    }

    internal void Remove(SiteRecording recording)
    {
        lock (_recordings)
        {
            _recordings.Remove(recording);
            Choose();
        }
    }

    private void Choose() => _sites = _recordings.Count == 0 ? null : new AllocationSites(_recordings.Min(static recording => recording.OneIn));
}
