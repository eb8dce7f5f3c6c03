namespace Workspaces.Memory.Replay;

/// <summary>What one frame remembers from pass to pass: where its plans are, which one runs, and the guard's stamps.</summary>
internal sealed class PassReplay(PlanCache cache, ulong place)
{
    private SignaturePlans? _known;
    private SignaturePlans? _last;
    private bool _isLent;
    private PassSignature _signature;
    private ulong _lastSignature;
    private (ulong Key, uint Tag, bool Gradients) _lastSeen;

    /// <summary>The stamps of the pass that runs.</summary>
    internal ReplayGuard Guard { get; } = new();

    /// <summary>The plan of the last pass that asked for memory, open or ended; null when it was served online.</summary>
    internal ReplayPlan? Plan { get; private set; }

    /// <summary>False on a plan that was made for passes of another signature: its use counts would end blocks too early.</summary>
    internal bool KnowsUses { get; private set; }

    /// <summary>Requests of the pass that its plan could not serve.</summary>
    internal long Spills { get; private set; }

    /// <summary>Bytes of those requests.</summary>
    internal long SpilledBytes { get; private set; }

    /// <summary>False when nothing is learned from passes.</summary>
    internal bool Learns => cache.Learns;

    /// <summary>Plans made so far, of all signatures.</summary>
    internal long PlansMade => cache.PlansMade;

    /// <summary>Bytes of the largest plan.</summary>
    internal long LargestPeak => cache.LargestPeak;

    /// <summary>A pass begins; its plan is chosen at the first request.</summary>
    internal void Open(PassSignature signature)
    {
        _signature = signature;
        _known = null;
    }

    /// <summary>Chooses the plan for a pass that begins with this request.</summary>
    /// <param name="gradients">Whether ops are recorded.</param>
    /// <param name="firstKey">The first request.</param>
    /// <returns>The plan, or null when the pass is served online.</returns>
    internal ReplayPlan? Choose(bool gradients, ulong firstKey)
    {
        Spills = SpilledBytes = 0;
        Plan = null;
        if (!cache.Learns) return null;
        SignaturePlans known = Find(gradients, firstKey);
        Plan = cache.Choose(known, firstKey, out _isLent);
        KnowsUses = Plan is not null && !_isLent && known.KnowsUses(Plan);
        return Plan;
    }

    /// <summary>A pass on shapes alone begins with this request: a plan is made of it when there is none yet.</summary>
    internal void Learn(bool gradients, ulong firstKey)
    {
        Spills = SpilledBytes = 0;
        Plan = null;
        if (!cache.Learns) return;
        SignaturePlans known = Find(gradients, firstKey);
        if (cache.Choose(known, firstKey, out bool isLent) is not null && !isLent) _known = null;
    }

    /// <summary>The plan for passes like one that has ended; null when there is none of its length.</summary>
    internal ReplayPlan? PlanOf(Tracking.PassTrace trace) => _last?.Plan is { } plan && plan.Count == trace.Count ? plan : null;

    /// <summary>Nothing is learned from the pass that runs.</summary>
    internal void Abandon() => _known = null;

    private SignaturePlans Find(bool gradients, ulong firstKey)
    {
        (ulong, uint, bool) seen = (_signature.Key, RequestKey.Tag(firstKey), gradients);
        if (_last is { IsKept: true } same && _lastSeen == seen) return _known = same; // as nearly always: no need to mix a signature
        _lastSeen = seen;
        ulong family = new PassSignature(place).With(gradients ? 1 : 2).With(RequestKey.Tag(firstKey)).Key;
        ulong signature = cache.MergesSignatures ? family : new PassSignature(family).With((long)_signature.Key).Key;
        if (_last is not { IsKept: true } last || _lastSignature != signature) last = cache.Find(family, signature);
        _last = _known = last;
        _lastSignature = signature;
        return last;
    }

    /// <summary>The arena cannot hold the plan: the pass goes on online, and nothing is learned from it, because its plan is known already.</summary>
    internal void GiveUp()
    {
        _known = null;
        Plan = null;
        Guard.End();
    }

    internal void CountSpill(long bytes)
    {
        Spills++;
        SpilledBytes += Granule.RoundUp(bytes);
    }

    /// <summary>The pass is over: what it asked for is learned from.</summary>
    internal void Close(Tracking.PassTrace trace)
    {
        bool isWhole = Guard.IsThrough;
        Guard.End();
        if (_known is not { } known) return;
        _known = null;
        cache.End(known, trace, new PassOutcome(Plan, _isLent, Spills, isWhole));
    }
}
