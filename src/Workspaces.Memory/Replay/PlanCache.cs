using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Replay;

/// <summary>
/// The plans of one workspace name, shared by its leases: which plan a pass runs on, and what is learned when it ends. Bounded by
/// <see cref="WorkspaceConfiguration.MaxPlans"/> and 8 MiB; the least recently used go first, and passes that run on them go on.
/// </summary>
internal sealed partial class PlanCache(WorkspaceConfiguration configuration)
{
    private const long MostBytes = 8L << 20;
    private const int SignaturesPerPlan = 16;
    private const int CleanPassesBeforeForgetting = 256;
    private const int CleanPassesBeforeComparing = 4;
    private const int MostSlices = 16;
    private const int ReturnsPerPlan = 8;
    private const int MostGivenWay = 1024;
    private const double JoinAllowance = 1.05;
    private const double WorthwhileGain = 0.9;

    private readonly object _sync = new();
    private readonly Dictionary<ulong, SignaturePlans> _signatures = [];
    private readonly Dictionary<ulong, PlanFamily> _families = [];
    private readonly Queue<Finding> _findings = new();
    private readonly HashSet<ulong> _gaveWay = [];
    private readonly int _watchedFirst = configuration.PolicyLearning == LearningPolicy.Training ? configuration.CyclesBeforeInitialization : 0;
    private readonly long _cap = configuration is { MaxSize: > 0, PolicySpill: SpillPolicy.External } ? configuration.MaxSize : long.MaxValue;
    private long _uses;
    private int _returns;

    /// <summary>Name of the workspace, or null.</summary>
    internal string? Workspace => configuration.Name;

    /// <summary>False when the configuration wants no plans.</summary>
    internal bool Learns { get; } = configuration.PolicyLearning != LearningPolicy.None && configuration.PolicyAllocation != AllocationPolicy.Always
        && configuration.DebugMode == DebugMode.Disabled;

    /// <summary>True when all signatures of a family run on one plan, joined from all of them.</summary>
    internal bool MergesSignatures { get; } = configuration.PolicyLearning == LearningPolicy.Training;

    /// <summary>What ends a block.</summary>
    internal LifetimePolicy Lifetimes { get; } = configuration.Lifetimes;

    /// <summary>Plans made since the beginning, and slices of search that found a better one.</summary>
    internal long PlansMade { get; private set; }

    /// <summary>Bytes of the largest plan kept.</summary>
    internal long LargestPeak
    {
        get
        {
            lock (_sync)
            {
                long largest = 0;
                foreach (SignaturePlans known in _signatures.Values) largest = Math.Max(largest, Math.Max(known.Plan?.Peak ?? 0, known.Other?.Peak ?? 0));
                return largest;
            }
        }
    }

    /// <summary>Kinds of passes that are remembered, with or without a plan.</summary>
    internal int Families
    {
        get
        {
            lock (_sync) return _families.Count;
        }
    }

    /// <summary>The plans kept, with what each is for.</summary>
    internal IReadOnlyList<PlanFile.Entry> Plans
    {
        get
        {
            lock (_sync)
            {
                return [.. _signatures.Values.Where(static known => known.Plan is not null)
                    .Select(static known => new PlanFile.Entry(known.Family.Key, known.Signature, known.Plan!))];
            }
        }
    }

    /// <summary>What is known of a signature; made when new.</summary>
    internal SignaturePlans Find(ulong family, ulong signature)
    {
        lock (_sync)
        {
            if (!_signatures.TryGetValue(signature, out SignaturePlans? known))
            {
                if (!_families.TryGetValue(family, out PlanFamily? kin))
                {
                    DropFamilies();
                    _families.Add(family, kin = new PlanFamily(family));
                }

                known = new SignaturePlans(signature, kin);
                kin.Members.Add(known);
                CountReturn(signature);
                _signatures.Add(signature, known);
                DropSignatures(known);
            }

            known.LastUsed = ++_uses;
            return known;
        }
    }

    /// <summary>The plan for a pass that begins with this request; null when it has to be served online.</summary>
    /// <param name="known">The signature of the pass.</param>
    /// <param name="firstKey">The request.</param>
    /// <param name="isLent">True for a plan of another signature.</param>
    internal ReplayPlan? Choose(SignaturePlans known, ulong firstKey, out bool isLent)
    {
        isLent = false;
        bool gaveUp = known.Family.IsStopped && known.FailedTwice;
        if (!gaveUp && known.Expected is { } plan && RequestKey.Fits(plan.FirstKey, firstKey)) return plan;
        return gaveUp ? null : ChooseInLock(known, firstKey, out isLent);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReplayPlan? ChooseInLock(SignaturePlans known, ulong firstKey, out bool isLent)
    {
        isLent = false;
        lock (_sync)
        {
            if (known.Plan is { } own && RequestKey.Fits(own.FirstKey, firstKey)) return own;
            if (known.Other is { } other && RequestKey.Fits(other.FirstKey, firstKey)) return other;
            ReplayPlan? lent = known.Family.Smallest(firstKey);
            isLent = lent is not null;
            return lent;
        }
    }

    /// <summary>A pass has ended: keeps count, and makes, joins or improves plans.</summary>
    /// <param name="known">Its signature.</param>
    /// <param name="trace">What it asked for.</param>
    /// <param name="outcome">How it ran.</param>
    internal void End(SignaturePlans known, PassTrace trace, in PassOutcome outcome)
    {
        bool clean = outcome.Plan is not null && outcome.Spills == 0 && !trace.WasUsedLate;
        if (clean && ReferenceEquals(outcome.Plan, known.Plan) && known.Other is null && !HasWork(known))
        {
            known.Count(clean: true);
            known.LastUsed = ++_uses;
            known.Family.CountPass();
            return;
        }

        EndInLock(known, trace, outcome, clean);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndInLock(SignaturePlans known, PassTrace trace, in PassOutcome outcome, bool clean)
    {
        lock (_sync)
        {
            _began = Stopwatch.GetTimestamp();
            known.LastUsed = ++_uses;
            if (known.Family.CountPass()) _findings.Enqueue(LearningFindings.DoesNotSettle(configuration.Name));
            if (clean) EndClean(known, trace, outcome);
            else if (outcome.Plan is null || outcome.IsLent) EndLearned(known, trace);
            else if (known.Has(outcome.Plan)) EndDeviated(known, trace, outcome.Plan); // else another lease has planned anew meanwhile
        }
    }

    /// <summary>Keeps a plan that was loaded for a signature, so that its first pass runs on it.</summary>
    internal void Keep(ulong family, ulong signature, ReplayPlan plan)
    {
        SignaturePlans known = Find(family, signature);
        lock (_sync) Adopt(known, plan, joined: false, PlanReason.Loaded);
    }

    /// <summary>Gives and forgets the oldest finding that has not been told.</summary>
    internal bool TryTakeFinding(out Finding? finding)
    {
        finding = null;
        if (_findings.Count == 0) return false;
        lock (_sync) return _findings.TryDequeue(out finding);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasWork(SignaturePlans known) =>
        MaySearch(known) || (known.IsJoined && known.Clean + 1 >= CleanPassesBeforeForgetting) || IsAboveCap(known, known.Clean + 1);

    /// <summary>True when the only plan needs more than the cap, so that passes on it spill; of a joined one it is known that passes of its size come again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsAboveCap(SignaturePlans known, int clean) =>
        !known.IsJoined && known.Other is null && clean >= CleanPassesBeforeComparing && BitOperations.IsPow2(clean) && known.Plan is { } plan && plan.Peak > _cap;

    /// <summary>True when passes run on a plan above the cap, made for a larger one that may never come again.</summary>
    private bool SpillsForAnOutlier(SignaturePlans known, PassTrace trace) =>
        IsAboveCap(known, known.Clean) && trace.RequestedBytes() <= WorthwhileGain * known.Plan!.Record.RequestedBytes();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MaySearch(SignaturePlans known) => known.Plan is { } plan && plan.Peak > plan.LowerBound && known.Slices < MostSlices
        && (plan.Peak <= _cap || plan.LowerBound <= _cap) && PlanMaker.CanSearch(plan.Record); // no search brings live bytes under the cap

    private void EndClean(SignaturePlans known, PassTrace trace, in PassOutcome outcome)
    {
        ReplayPlan used = outcome.Plan!;
        if (outcome.IsLent) Borrow(known, trace, used);
        else if (known.Has(used)) known.Note(used, clean: true);
        known.Count(clean: true);
        if (MaySearch(known))
        {
            known.Slices++;
            if (PlanMaker.Slice(known.Plan!.Record, known.Slices) is { } better && better.Peak < known.Plan.Peak && (known.Plan.Peak <= _cap || better.Peak <= _cap))
                Replace(known, better);
        }

        bool isDue = known.IsJoined ? known.Clean >= CleanPassesBeforeForgetting : SpillsForAnOutlier(known, trace);
        if (!outcome.IsWhole || !isDue) return; // a prefix is no pass to plan from
        known.IsJoined = false;
        if (RecordOf(trace) is { } record && Plan(record, known.Family) is { } alone && alone.Peak < known.Plan!.Peak)
            Adopt(known, alone, joined: false, PlanReason.Outlier);
    }

    /// <summary>A pass ran well on the plan of a larger one: it keeps to that unless a plan of its own saves a tenth.</summary>
    private void Borrow(SignaturePlans known, PassTrace trace, ReplayPlan used)
    {
        known.PlanIsLent = true; // before the plan itself, which is read without the lock
        known.Plan = used;
        known.Restarted();
        if (known.Family.IsStopped || RecordOf(trace) is not { } record || record.LowerBoundBytes() > WorthwhileGain * used.Peak) return;
        if (Plan(record, known.Family) is not { } own || own.Peak > WorthwhileGain * used.Peak) return;
        known.Family.CountPlan(record, isSameLength: false);
        Adopt(known, own, joined: false, PlanReason.OwnInsteadOfLent);
    }

    /// <summary>A pass without a plan that fits was watched: a plan is made at once, or after as many passes as the configuration says.</summary>
    private void EndLearned(SignaturePlans known, PassTrace trace)
    {
        known.Watched++;
        if (known.Family.IsStopped || RecordOf(trace) is not { } record) return;
        if (known.Plan is { } outgrown)
        {
            Learn(known, outgrown, record, PlanReason.OtherRequests);
            return;
        }

        if (known.Pending is { } before) record = RecordMerge.Join(before, record);
        known.Pending = known.Watched <= _watchedFirst ? record : null;
        if (known.Pending is not null) return;
        known.Family.CountPlan(record, isSameLength: known.Family.Members.Exists(member => member.Plan?.Count == record.Count));
        if (Plan(record, known.Family) is { } plan) Adopt(known, plan, joined: known.Watched > 1, PlanReason.FirstPass);
    }

    private void EndDeviated(SignaturePlans known, PassTrace trace, ReplayPlan used)
    {
        known.Count(clean: false);
        known.Note(used, clean: false);
        if (known.Other is not null && !known.FailedTwice && !trace.WasUsedLate) return; // it may have been of the other kind
        if ((!trace.WasUsedLate && !known.IsReplanDue) || known.Family.IsStopped || RecordOf(trace) is not { } record) return;
        known.Replanned();
        Learn(known, used, record, trace.WasUsedLate ? PlanReason.LateUse : PlanReason.Deviations);
    }

    /// <summary>Makes a plan for what was planned so far and another record: one for both if that costs little, else one for each.</summary>
    private void Learn(SignaturePlans known, ReplayPlan old, PassRecord record, PlanReason reason)
    {
        known.Family.CountPlan(record, isSameLength: record.Count == old.Count);
        ReplayPlan? joined = Plan(RecordMerge.Join(old.Record, record), known.Family);
        ReplayPlan? alone = Plan(record, known.Family);
        if (joined is null || alone is null) return;
        if (reason == PlanReason.LateUse || joined.Peak <= JoinAllowance * Math.Max(alone.Peak, old.Peak))
        {
            Adopt(known, joined, joined: true, reason);
            return;
        }

        if (known.Other is null) _findings.Enqueue(LearningFindings.NeedsKey(configuration.Name, old.Peak, alone.Peak, joined.Peak));
        known.OtherIsLent = ReferenceEquals(old, known.Plan) ? known.PlanIsLent : known.OtherIsLent;
        known.Other = old;
        Adopt(known, alone, joined: false, reason);
    }

    /// <summary>A plan of the record; when it needs more than the cap, one whose blocks lie below it or above, as few bytes above as can be.</summary>
    private ReplayPlan? Plan(PassRecord record, PlanFamily family)
    {
        PassRecord fitted = Fitted(record, family);
        ReplayPlan? plan = PlanMaker.First(fitted);
        if (plan is null || plan.Peak <= _cap || CappedPlanMaker.Make(fitted, _cap) is not { } capped) return plan;
        capped.UncappedPeak = plan.Peak;
        return capped;
    }

    private PassRecord? RecordOf(PassTrace trace) => PassRecord.Of(trace, byLastUse: Lifetimes == LifetimePolicy.LastUse);

    private static PassRecord Fitted(PassRecord record, PlanFamily family) => family.Rounds ? record.Rounded() : record;

    private void Adopt(SignaturePlans known, ReplayPlan plan, bool joined, PlanReason reason)
    {
        known.Plan = plan;
        known.PlanIsLent = false;
        known.IsJoined = joined;
        known.Restarted();
        PlansMade++;
        Note(plan, reason);
        DropPlans(known);
    }

    /// <summary>A better plan of the same record; its use so far goes on.</summary>
    private void Replace(SignaturePlans known, ReplayPlan better)
    {
        ReplayPlan old = known.Plan!;
        foreach (SignaturePlans member in known.Family.Members)
        {
            if (ReferenceEquals(member.Plan, old)) member.Plan = better;
        }

        PlansMade++;
        Note(better, PlanReason.Improvement);
    }

    private HashSet<ReplayPlan> DistinctPlans()
    {
        var plans = new HashSet<ReplayPlan>();
        foreach (SignaturePlans known in _signatures.Values)
        {
            if (known.Plan is { } plan) plans.Add(plan);
            if (known.Other is { } other) plans.Add(other);
        }

        return plans;
    }

    /// <summary>A kind of pass comes again whose plan had to give way to others: as long as that goes on, plans are made for nothing. Told once.</summary>
    private void CountReturn(ulong signature)
    {
        if (!_gaveWay.Remove(signature)) return;
        if (++_returns == configuration.MaxPlans * ReturnsPerPlan) _findings.Enqueue(LearningFindings.PlansGiveWay(configuration, _returns));
    }

    private void DropPlans(SignaturePlans keep)
    {
        for (HashSet<ReplayPlan> plans = DistinctPlans(); plans.Count > configuration.MaxPlans || (plans.Count > 1 && plans.Sum(static plan => plan.Bytes) > MostBytes);)
        {
            if (keep.Other is not null)
            {
                keep.Other = null;
            }
            else
            {
                SignaturePlans? oldest = Oldest(keep, static known => known.Plan is not null);
                if (oldest is null) return;
                Drop(oldest);
                if (_gaveWay.Count < MostGivenWay) _gaveWay.Add(oldest.Signature);
            }

            plans = DistinctPlans();
        }
    }

    /// <summary>Families whose last signature was dropped are forgotten when there are many: their passes are long ago.</summary>
    private void DropFamilies()
    {
        if (_families.Count < configuration.MaxPlans * SignaturesPerPlan) return;
        foreach ((ulong key, PlanFamily family) in _families)
        {
            if (family.Members.Count == 0) _families.Remove(key);
        }
    }

    private void DropSignatures(SignaturePlans keep)
    {
        while (_signatures.Count > configuration.MaxPlans * SignaturesPerPlan && Oldest(keep, static _ => true) is { } oldest) Drop(oldest);
    }

    private SignaturePlans? Oldest(SignaturePlans keep, Func<SignaturePlans, bool> counts)
    {
        SignaturePlans? oldest = null;
        foreach (SignaturePlans known in _signatures.Values)
        {
            if (!ReferenceEquals(known, keep) && counts(known) && (oldest is null || known.LastUsed < oldest.LastUsed)) oldest = known;
        }

        return oldest;
    }

    private void Drop(SignaturePlans known)
    {
        known.IsKept = false;
        _signatures.Remove(known.Signature);
        known.Family.Members.Remove(known);
    }
}
