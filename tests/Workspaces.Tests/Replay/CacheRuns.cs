using Workspaces.Memory;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Replay;

/// <summary>Passes on a plan cache without memory: requests go to a guard, and the trace is what a frame would have recorded.</summary>
internal sealed class CacheRuns
{
    private readonly ReplayGuard _guard = new();
    private readonly PassTrace _trace = new();

    internal CacheRuns(WorkspaceConfiguration? configuration = null) => Cache = new PlanCache(configuration ?? new WorkspaceConfiguration());

    internal PlanCache Cache { get; }

    /// <summary>Requests of the last pass that no plan served.</summary>
    internal long Spills { get; private set; }

    internal ReplayPlan[] Plans => [.. Cache.Plans.Select(entry => entry.Plan).Distinct()];

    /// <summary>The plan of the last pass.</summary>
    internal ReplayPlan? Used { get; private set; }

    /// <summary>Runs a pass: each request is released when the record says so.</summary>
    /// <param name="pass">What it asks for.</param>
    /// <param name="signature">Its signature.</param>
    /// <param name="stopAt">Requests after which it stops.</param>
    internal void Run(PassRecord pass, ulong signature = 1, int stopAt = int.MaxValue)
    {
        SignaturePlans known = Cache.Find(family: 1, signature);
        Used = Cache.Choose(known, pass.Keys[0], out bool isLent);
        Spills = 0;
        if (Used is not null) _guard.Begin(Used);
        _trace.Begin(new PassSignature(signature));
        var entries = new int[pass.Count];
        var slots = new int[pass.Count];
        for (int time = 0; time < Math.Min(pass.Count, stopAt); time++)
        {
            for (int i = 0; i < time; i++)
            {
                if (pass.Ends[i] != time) continue;
                _trace.Release(entries[i]);
                if (slots[i] != 0) _guard.Release(slots[i], _guard.Epoch);
            }

            entries[time] = _trace.Request(RequestKey.Granules(pass.Keys[time]) * Granule.Bytes, RequestKey.Tag(pass.Keys[time]), null);
            if (Used is null) continue;
            slots[time] = _guard.Take(pass.Keys[time], mayReuse: true, out _);
            if (slots[time] == 0) Spills++;
        }

        _trace.End();
        _guard.End();
        Cache.End(known, _trace, new PassOutcome(Used, isLent, Spills));
    }

    internal Finding[] Findings()
    {
        var findings = new List<Finding>();
        while (Cache.TryTakeFinding(out Finding? finding)) findings.Add(finding!);
        return [.. findings];
    }

    /// <summary>A pass of a chain of ops: each block dies two requests later, except for some that live on; tags 1, 2 … tell them apart.</summary>
    internal static PassRecord Chain(int count, long granules, int firstTag = 1, int survivors = 5)
    {
        var keys = new ulong[count];
        var ends = new int[count];
        for (int i = 0; i < count; i++)
        {
            keys[i] = RequestKey.Of((uint)(firstTag + i), granules * Granule.Bytes);
            ends[i] = survivors > 0 && i % survivors == 0 ? count : Math.Min(count, i + 2);
        }

        return new PassRecord(keys, ends, new int[count]);
    }

    /// <summary>One pass after the other; what lives to the end of the first lives on.</summary>
    internal static PassRecord Then(PassRecord first, PassRecord second)
    {
        int count = first.Count + second.Count;
        return new PassRecord(
            [.. first.Keys, .. second.Keys],
            [.. first.Ends.Select(end => end == first.Count ? count : end), .. second.Ends.Select(end => end + first.Count)],
            new int[count]);
    }
}
