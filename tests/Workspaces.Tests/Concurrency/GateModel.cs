namespace Workspaces.Tests.Concurrency;

/// <summary>The biased gate of <c>Passes/Gate.cs</c>, step by step; the names of the steps are its lines.</summary>
internal sealed class GateModel
{
    // Shared variables.
    internal const int Taken = 0, Owner = 1, Unordered = 2, FirstInside = 3;

    private readonly GateMutation _mutation;

    internal GateModel(GateMutation mutation) => _mutation = mutation;

    /// <summary>What the thread notes itself inside in.</summary>
    internal static int Inside(int thread) => FirstInside + thread;

    /// <summary>Adds the steps of <c>Enter</c>: as the owner if the thread is it, else the long way. Goes on when inside; local 0 tells how.</summary>
    internal ModelProcess Enter(ModelProcess process, string prefix)
    {
        process.Do($"{prefix} look for the owner", s => s.Read(Owner) == s.Me + 1 ? null : $"{prefix} long way");
        process.Do($"{prefix} inside = id", s => s.Write(Inside(s.Me), 1));
        process.Do($"{prefix} still the owner?", s =>
        {
            if (_mutation != GateMutation.NoSecondLook && s.Read(Owner) != s.Me + 1) return null;
            s.Local(0) = 1;
            return $"{prefix} in";
        });
        process.Do($"{prefix} inside = 0", s => s.Write(Inside(s.Me), 0));
        process.Label($"{prefix} long way").Do($"{prefix} taken 0 to 1", static s => s.CompareExchange(Taken, 1, 0) ? null : ModelProcess.Wait);
        process.Do($"{prefix} is there an owner?", s =>
        {
            s.Local(0) = 0;
            s.Local(1) = s.Read(Owner);
            return s.Local(1) == 0 || s.Local(1) == s.Me + 1 ? $"{prefix} in" : null;
        });
        process.Do($"{prefix} owner = null", static s => s.Write(Owner, 0));
        process.Do($"{prefix} barrier everywhere", s =>
        {
            if (_mutation == GateMutation.BarrierOfOneThread) s.Barrier();
            else if (_mutation != GateMutation.NoBarrier) s.BarrierEverywhere();
        });
        process.Do($"{prefix} wait for the owner to leave", s =>
            _mutation != GateMutation.NoWait && s.Read(Inside(s.Local(1) - 1)) != 0 ? ModelProcess.Wait : null);
        process.Do($"{prefix} unordered = null", static s => s.Write(Unordered, 0));
        return process.Label($"{prefix} in").Do($"{prefix} in", static _ => { });
    }

    /// <summary>Adds the steps of <c>Prefer</c>, inside.</summary>
    internal ModelProcess Prefer(ModelProcess process, string prefix)
    {
        process.Do($"{prefix} owner already?", s => s.Read(Owner) == s.Me + 1 ? $"{prefix} preferred" : null);
        process.Do($"{prefix} owner = me", static s => s.Write(Owner, s.Me + 1));
        process.Do($"{prefix} unordered = me", static s => s.Write(Unordered, s.Me + 1));
        process.Do($"{prefix} barrier", s =>
        {
            if (_mutation != GateMutation.PreferWithoutBarrier) s.Barrier();
        });
        return process.Label($"{prefix} preferred").Do($"{prefix} preferred", static _ => { });
    }

    /// <summary>Adds the step of leaving.</summary>
    internal static ModelProcess Exit(ModelProcess process, string prefix) => process.Do($"{prefix} leave", static s =>
    {
        if (s.Local(0) == 1) s.Write(Inside(s.Me), 0);
        else s.Write(Taken, 0);
    });

    /// <summary>Adds the steps of <c>TryEnter</c>; who does not get in goes to a label.</summary>
    internal ModelProcess TryEnter(ModelProcess process, string prefix, string refused)
    {
        process.Do($"{prefix} taken 0 to 1", s => s.CompareExchange(Taken, 1, 0) ? null : refused);
        process.Do($"{prefix} is there an owner?", s =>
        {
            s.Local(0) = 0;
            s.Local(1) = s.Read(Owner);
            return s.Local(1) == 0 ? $"{prefix} in" : null;
        });
        process.Do($"{prefix} owner = null", static s => s.Write(Owner, 0));
        process.Do($"{prefix} barrier everywhere", s =>
        {
            if (_mutation == GateMutation.BarrierOfOneThread) s.Barrier();
            else if (_mutation != GateMutation.NoBarrier) s.BarrierEverywhere();
        });
        process.Do($"{prefix} is the owner inside?", s =>
        {
            if (s.Read(Inside(s.Local(1) - 1)) != 0 && _mutation != GateMutation.NoWait) return null;
            s.Write(Unordered, 0);
            return $"{prefix} in";
        });
        process.Do($"{prefix} it stays the owner", static s => s.Write(Owner, s.Local(1)));
        process.Do($"{prefix} taken = 0", s =>
        {
            s.Write(Taken, 0);
            return refused;
        });
        return process.Label($"{prefix} in").Do($"{prefix} in", static _ => { });
    }

    /// <summary>Adds the steps that tell whether stores of another thread may not be visible yet, and then <c>Share</c>.</summary>
    internal ModelProcess ShareIfOwnedByOther(ModelProcess process)
    {
        process.Do("op: owned by another?", s =>
        {
            if (_mutation == GateMutation.NoShare) return "op shared";
            int owner = s.Read(_mutation == GateMutation.AskForTheOwner ? Owner : Unordered);
            return owner == 0 || owner == s.Me + 1 ? "op shared" : null;
        });
        Exit(Enter(process, "share"), "share");
        return process.Label("op shared").Do("op: look", static _ => { });
    }
}
