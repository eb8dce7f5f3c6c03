using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Replay;

/// <summary>
/// Drives a guard with passes that deviate from their plan in every way, against a model that only knows which granules belong to live blocks.
/// Blocks without bytes are nothing to the model.
/// </summary>
internal sealed class GuardFuzzer(Random random, GuardMutation mutation = GuardMutation.None)
{
    private const int Never = int.MaxValue;
    private readonly ReplayGuard _guard = new();
    private readonly List<Placed> _stragglers = [];
    private int[] _owners = [];
    private Placed[] _blocks = [];
    private int _blockCount;
    private int[] _dueHeads = [];
    private ReplayPlan _plan = null!;
    private bool _isValid;
    private bool _deviated;

    /// <summary>Requests that a guard was asked for, those it placed, and those it did not.</summary>
    internal long Requests { get; private set; }

    internal long Spills { get; private set; }

    /// <summary>Spills of a request whose key stands in the plan at the cursor: refused, because bytes were not free.</summary>
    internal long Refusals { get; private set; }

    /// <summary>Placed requests before which slots were passed over.</summary>
    internal long Skips { get; private set; }

    /// <summary>The same, by more slots than the window has: found by the index.</summary>
    internal long FarSkips { get; private set; }

    internal long Wraps { get; private set; }

    /// <summary>Passes without a deviation.</summary>
    internal long FaithfulPasses { get; private set; }

    /// <summary>What was broken first, or null.</summary>
    internal string? Flaw { get; private set; }

    /// <summary>Runs passes on a plan until something is broken.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="isValid">Whether its offsets keep the record's blocks apart.</param>
    /// <param name="passes">Number of passes.</param>
    internal void Run(ReplayPlan plan, bool isValid, int passes)
    {
        _plan = plan;
        _isValid = isValid;
        _stragglers.Clear(); // slots of another plan may mean other bytes, but an old stamp can only refuse
        Array.Clear(_owners);
        if (_owners.Length < plan.Peak / Granule.Bytes) _owners = new int[plan.Peak / Granule.Bytes];
        if (_blocks.Length < 2 * plan.Count + 8) _blocks = new Placed[2 * plan.Count + 8];
        if (_dueHeads.Length < plan.Count + 2) _dueHeads = new int[plan.Count + 2];
        if (mutation == GuardMutation.MoreIsIgnored)
        {
            for (int k = 1; k <= plan.Count; k++) plan.Slots[k].More = 0;
        }

        for (int i = 0; i < passes && Flaw is null; i++) RunPass();
    }

    private void RunPass()
    {
        if (random.Next(50) == 0 && _guard.Epoch < uint.MaxValue / 2)
        {
            // Stragglers over a wrap would need 2³² passes to do harm; they cannot be told from that many passes here.
            _stragglers.Clear();
            _guard.SetEpoch(uint.MaxValue - (uint)random.Next(4));
        }

        uint before = _guard.Epoch;
        _guard.Begin(_plan);
        if (_guard.Epoch < before)
        {
            Wraps++;
            _stragglers.Clear();
        }

        _deviated = false;
        _blockCount = 1;
        Array.Clear(_dueHeads);
        PassHabit habit = PassHabit.Random(random, _plan.Count);
        if (habit.IsFaithful) FaithfulPasses++;
        int first = random.Next(_plan.Count + 1), missing = habit.MissingStretch;
        for (int time = 0; time < _plan.Count && Flaw is null; time++)
        {
            ReleaseDue(time, habit);
            if (habit.StopsAt == time) break;
            if (time >= first && missing > 0)
            {
                missing--;
                _deviated = true;
                continue;
            }

            if (Chance(habit.Missing))
            {
                _deviated = true;
                continue;
            }

            if (Chance(habit.Inserted)) Insert(time, habit);
            if (Chance(habit.Swapped) && time + 1 < _plan.Count)
            {
                _deviated = true;
                Ask(Altered(_plan.Slots[time + 2].Key, habit), time, _plan.Record.Ends[time + 1], habit);
                ReleaseDue(time + 1, habit);
                Ask(Altered(_plan.Slots[time + 1].Key, habit), time, _plan.Record.Ends[time], habit);
                time++;
                continue;
            }

            Ask(Altered(_plan.Slots[time + 1].Key, habit), time, _plan.Record.Ends[time], habit);
            if (_stragglers.Count > 0 && random.Next(8) == 0) ReleaseStraggler();
        }

        EndPass();
    }

    private void Insert(int time, PassHabit habit)
    {
        _deviated = true;
        ulong key = random.Next(2) == 0 ? RandomRecords.Key(random, 5, 8) : _plan.Slots[random.Next(_plan.Count) + 1].Key;
        Ask(random.Next(40) == 0 ? RequestKey.None : key, time, time + 1 + random.Next(_plan.Count - time), habit);
    }

    private ulong Altered(ulong key, PassHabit habit)
    {
        if (!Chance(habit.Resized)) return key;
        long granules = RequestKey.Granules(key);
        ulong other = RequestKey.WithGranules(key, random.Next(2) == 0 ? random.NextInt64(granules + 1) : granules + random.Next(4));
        _deviated |= other != key;
        return other;
    }

    private void Ask(ulong key, int time, int end, PassHabit habit)
    {
        bool mayReuse = !Chance(habit.Foreign);
        _deviated |= !mayReuse;
        int cursor = CursorOf(_guard) - 1;
        int slot = _guard.Take(key, mayReuse, out long offset);
        Requests++;
        if (slot == 0)
        {
            Spill(key, cursor, habit);
        }
        else
        {
            if (slot > cursor + 1) Skips++;
            if (slot > cursor + 1 + 8) FarSkips++;
            if (!Place(slot, offset, key)) return;
            Schedule(slot, key, end, time, habit);
        }

        if (mutation == GuardMutation.UnplacedIsClear)
        {
            for (int j = cursor + 1; j < CursorOf(_guard); j++)
            {
                if (j != slot) _guard.Release(j, _guard.Epoch);
            }
        }

        if (mutation == GuardMutation.CursorStaysOnSkip && slot > cursor + 1) CursorOf(_guard) = cursor + 1;
        if (mutation == GuardMutation.LiveBlockIsCleared && slot != 0 && random.Next(20) == 0) _guard.Release(slot, _guard.Epoch);
    }

    /// <summary>Without an earlier deviation a request is refused only because its place is taken, and of a valid plan only when a block is late.</summary>
    private void Spill(ulong key, int cursor, PassHabit habit)
    {
        Spills++;
        bool stood = CursorOf(_guard) - 1 == cursor + 1;
        if (stood) Refusals++;
        if (_deviated) return;
        PlanSlot slot = _plan.Slots[cursor + 1];
        if (!stood) Flaw = $"request {cursor + 1} was not found though the pass had not deviated";
        else if (_isValid && habit.IsFaithful) Flaw = $"slot {cursor + 1} of a valid plan was refused to a faithful pass";
        else if (IsFree(slot.Offset, RequestKey.Granules(key))) Flaw = $"slot {cursor + 1} was refused though nothing live lies there";
        _deviated = true;
    }

    private bool Place(int slot, long offset, ulong key)
    {
        PlanSlot planned = _plan.Slots[slot];
        long granules = RequestKey.Granules(key);
        if (offset != planned.Offset * 64L || granules > RequestKey.Granules(planned.Key) || RequestKey.Tag(key) != RequestKey.Tag(planned.Key)
            || key == RequestKey.None)
        {
            Flaw = $"slot {slot} does not fit the request";
            return false;
        }

        if (!IsFree(planned.Offset, granules)) Flaw = $"slot {slot} was placed over a live block";
        return Flaw is null;
    }

    private void Schedule(int slot, ulong key, int end, int time, PassHabit habit)
    {
        int due = end;
        if (Chance(habit.Late)) due = random.Next(4) == 0 ? Never : end + random.Next(1, 12);
        else if (Chance(habit.Early)) due = time + 1 + random.Next(end - time);
        int index = _blockCount++;
        PlanSlot planned = _plan.Slots[slot];
        _blocks[index] = new Placed(slot, _guard.Epoch, planned.Offset, (int)RequestKey.Granules(key));
        Paint(_blocks[index], slot);
        int list = Math.Min(due, _plan.Count + 1);
        _blocks[index].Next = _dueHeads[list];
        _dueHeads[list] = index;
    }

    private void ReleaseDue(int time, PassHabit habit)
    {
        int previous = 0;
        for (int index = _dueHeads[time], next; index != 0; index = next)
        {
            next = _blocks[index].Next;
            if (habit.Late > 0 && random.Next(16) == 0 && time + 1 <= _plan.Count)
            {
                _blocks[index].Next = _dueHeads[time + 1];
                _dueHeads[time + 1] = index;
                continue;
            }

            if (random.Next(2) == 0 && previous == 0) previous = index; // releases of one moment come in any order
            else Release(_blocks[index]);
        }

        if (previous != 0) Release(_blocks[previous]);
        _dueHeads[time] = 0;
    }

    private void Release(in Placed block)
    {
        Paint(block, 0);
        _guard.Release(block.Slot, block.Epoch);
    }

    private void ReleaseStraggler()
    {
        Placed block = _stragglers[^1];
        _stragglers.RemoveAt(_stragglers.Count - 1);
        _deviated = true; // its old stamp may void a newer one
        _guard.Release(block.Slot, mutation == GuardMutation.StragglerStampsNow ? _guard.Epoch : block.Epoch);
    }

    /// <summary>What still lives is dead at once; some of it is released by somebody who does not know.</summary>
    private void EndPass()
    {
        _stragglers.Clear();
        foreach (int head in _dueHeads)
        {
            for (int index = head; index != 0; index = _blocks[index].Next)
            {
                Paint(_blocks[index], 0);
                if (random.Next(8) == 0) _stragglers.Add(_blocks[index]);
            }
        }

        if (random.Next(2) == 0) _stragglers.Clear();
    }

    /// <summary>An empty block may lie anywhere, even above the plan.</summary>
    private bool IsFree(uint offset, long granules) => granules == 0 || !_owners.AsSpan((int)offset, (int)granules).ContainsAnyExcept(0);

    private void Paint(in Placed block, int owner)
    {
        if (block.Granules > 0) _owners.AsSpan((int)block.Offset, block.Granules).Fill(owner);
    }

    private bool Chance(int perMille) => perMille > 0 && random.Next(1000) < perMille;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_cursor")]
    private static extern ref int CursorOf(ReplayGuard guard);

    private record struct Placed(int Slot, uint Epoch, uint Offset, int Granules)
    {
        public int Next;
    }
}
