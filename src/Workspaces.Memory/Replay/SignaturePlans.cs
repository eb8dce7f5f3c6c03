using System.Numerics;
using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Replay;

/// <summary>
/// What is known of the passes of one signature: the plan they run on, and how well it has served. Shared by the leases of a name; changed under the
/// cache's lock, except that a clean pass on a settled plan counts without it, so counts are approximate when several leases run at once.
/// </summary>
internal sealed class SignaturePlans(ulong signature, PlanFamily family)
{
    private const int FirstGap = 4;
    private const int LargestGap = 1 << 16;
    private int _history;
    private int _sinceReplan;
    private int _gap;
    private readonly int[] _follower = [0, 1];
    private int _lastKind;

    internal ulong Signature { get; } = signature;

    internal PlanFamily Family { get; } = family;

    /// <summary>The plan that the next pass runs on; null while learning.</summary>
    internal ReplayPlan? Plan { get; set; }

    /// <summary>A second plan, for passes that differ too much to share one.</summary>
    internal ReplayPlan? Other { get; set; }

    /// <summary>True when another signature lends the plan: its use counts mean nothing here.</summary>
    internal bool PlanIsLent { get; set; }

    /// <summary>The same of <see cref="Other"/>.</summary>
    internal bool OtherIsLent { get; set; }

    /// <summary>The plan of the two that the next pass is expected to fit: what came after a pass like the last one, the last time.</summary>
    internal ReplayPlan? Expected => Other is null || _follower[_lastKind] == 0 ? Plan : Other;

    /// <summary>Requests of the passes watched so far, before the first plan is made.</summary>
    internal PassRecord? Pending { get; set; }

    /// <summary>Passes seen without a plan.</summary>
    internal int Watched { get; set; }

    /// <summary>Passes in a row without a spill.</summary>
    internal int Clean { get; private set; }

    /// <summary>True when the plan serves joined records, so that it may be larger than what passes ask for now.</summary>
    internal bool IsJoined { get; set; }

    /// <summary>Slices of search for a better plan that were run.</summary>
    internal int Slices { get; set; }

    /// <summary>Moment of the last use, for the least recently used.</summary>
    internal long LastUsed { get; set; }

    /// <summary>False once the cache has dropped it.</summary>
    internal bool IsKept { get; set; } = true;

    /// <summary>True when the last two passes had spills.</summary>
    internal bool FailedTwice => (_history & 3) == 3;

    /// <summary>True when two of the last four passes had spills, and the last attempt is long enough ago.</summary>
    internal bool IsReplanDue => BitOperations.PopCount((uint)_history & 15) >= 2 && _sinceReplan >= _gap;

    /// <summary>True for a plan that knows the last uses of this signature's blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool KnowsUses(ReplayPlan plan) => (ReferenceEquals(plan, Plan) && !PlanIsLent) || (ReferenceEquals(plan, Other) && !OtherIsLent);

    internal bool Has(ReplayPlan plan) => ReferenceEquals(plan, Plan) || ReferenceEquals(plan, Other);

    /// <summary>A pass has run on one of the plans: it was of that kind when nothing spilled, else of the other.</summary>
    internal void Note(ReplayPlan used, bool clean)
    {
        int kind = ReferenceEquals(used, Other) == clean ? 1 : 0;
        _follower[_lastKind] = kind;
        _lastKind = kind;
    }

    internal void Count(bool clean)
    {
        _history = (_history << 1) | (clean ? 0 : 1);
        Clean = clean ? Clean + 1 : 0;
        if (_sinceReplan < LargestGap) _sinceReplan++;
    }

    /// <summary>A plan was made again: the next time at the earliest after 4, 8, 16 … passes.</summary>
    internal void Replanned()
    {
        _gap = _gap == 0 ? FirstGap : Math.Min(_gap * 2, LargestGap);
        Restarted();
    }

    /// <summary>Another plan runs: what was seen of the one before does not count.</summary>
    internal void Restarted()
    {
        _history = 0;
        _sinceReplan = 0;
        Clean = 0;
        Slices = 0;
    }
}
