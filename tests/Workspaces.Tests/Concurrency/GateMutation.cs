namespace Workspaces.Tests.Concurrency;

/// <summary>Mistakes in the gate and in what relies on it; each must be noticed.</summary>
public enum GateMutation
{
    None,

    /// <summary>Who deposes the owner runs no barrier at all.</summary>
    NoBarrier,

    /// <summary>Who deposes the owner drains its own stores only.</summary>
    BarrierOfOneThread,

    /// <summary>The owner does not look again after it has noted itself inside.</summary>
    NoSecondLook,

    /// <summary>Who deposes the owner does not wait for it to leave.</summary>
    NoWait,

    /// <summary>The new owner may register an op's look before it is known as the owner.</summary>
    PreferWithoutBarrier,

    /// <summary>An op does not end the ownership of another thread.</summary>
    NoShare,

    /// <summary>An op looks for the owner and not for who may still have invisible stores.</summary>
    AskForTheOwner,

    /// <summary>An op checks the generation before it registers.</summary>
    CheckBeforeRegistering,

    /// <summary>A request reuses bytes without looking whether an op is open.</summary>
    ReuseUnderOps,

    /// <summary>An op deregisters before its last read.</summary>
    DeregisterEarly,

    /// <summary>The end of a pass looks for ops without a barrier after it has raised the floor.</summary>
    EndWithoutBarrier,

    /// <summary>The end of a pass lets go of its arena before it says that an op still runs on it.</summary>
    QuarantineLate,

    /// <summary>The next pass does not ask whether an op of the last one still runs.</summary>
    NoQuarantine,

    /// <summary>A lease is given back without comparing its epoch.</summary>
    NoEpoch,

    /// <summary>A slot is free before its memory has been ended.</summary>
    FreeBeforeEnded,
}
