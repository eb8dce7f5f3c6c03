namespace Workspaces.Memory.Telemetry;

/// <summary>
/// What the passes of one workspace came to. Written inside the gate of its workspace by plain additions, so that a pass pays a nanosecond for it; read by anybody.
/// </summary>
/// <param name="label">The name that it is counted under.</param>
/// <param name="owner">The workspace, while it lives.</param>
internal sealed class PassCounts(string label, WeakReference<Workspace>? owner)
{
    private readonly long[] _passes = new long[4];
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

    internal long Passes(PassResult result) => Volatile.Read(ref _passes[(int)result]);

    internal void Count(in PassReport pass)
    {
        _passes[(int)pass.Result]++;
        _deviations += pass.Deviations;
        _spilledRequests += pass.SpilledRequests;
        _spilledBytes += pass.SpilledBytes;
    }

    internal void Add(PassCounts other)
    {
        for (int i = 0; i < _passes.Length; i++) _passes[i] += Volatile.Read(ref other._passes[i]);
        _deviations += other.Deviations;
        _spilledRequests += other.SpilledRequests;
        _spilledBytes += other.SpilledBytes;
    }
}
