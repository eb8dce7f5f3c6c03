namespace Workspaces.Memory.Telemetry;

/// <summary>
/// What the passes of one workspace came to. Written inside the gate of its workspace by plain additions, so that a pass pays a nanosecond for it; read by anybody.
/// </summary>
/// <param name="label">The name that it is counted under.</param>
/// <param name="owner">The workspace, while it lives.</param>
internal sealed class PassCounts(string label, WeakReference<Workspace>? owner)
{
    private readonly long[] _passes = new long[4]; // planned ones apart, which are nearly all
    private long _planned;
    private long _deviations;
    private long _spilledRequests;
    private long _spilledBytes;

    internal string Label { get; } = label;

    internal WeakReference<Workspace>? Owner { get; } = owner;

    /// <summary>Place in the register, -1 when it is not there.</summary>
    internal int Index { get; set; } = -1;

    internal long Deviations => Volatile.Read(ref _deviations);

    internal long SpilledRequests => Volatile.Read(ref _spilledRequests);

    internal long SpilledBytes => Volatile.Read(ref _spilledBytes);

    internal long Passes(PassResult result) => result == PassResult.Planned ? Volatile.Read(ref _planned) : Volatile.Read(ref _passes[(int)result]);

    /// <summary>Counts a pass that ran as planned, in every respect.</summary>
    internal void CountPlanned() => _planned++;

    internal void Count(in PassReport pass)
    {
        if (pass.Result == PassResult.Planned) _planned++;
        else _passes[(int)pass.Result]++;
        _deviations += pass.Deviations;
        _spilledRequests += pass.SpilledRequests;
        _spilledBytes += pass.SpilledBytes;
    }

    internal void Add(PassCounts other)
    {
        _planned += other.Passes(PassResult.Planned);
        for (int i = 1; i < _passes.Length; i++) _passes[i] += other.Passes((PassResult)i);
        _deviations += other.Deviations;
        _spilledRequests += other.SpilledRequests;
        _spilledBytes += other.SpilledBytes;
    }
}
