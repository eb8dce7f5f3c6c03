namespace Workspaces.Memory.Passes;

/// <summary>A kind of gate. A thread is inside one gate of a kind as its owner at most.</summary>
internal interface IGateKind
{
    /// <summary>Where the thread notes the gate that it is inside of as its owner; 0 for none.</summary>
    static abstract ref long Inside(FlowThread thread);

    /// <summary>Spins after which a waiting thread sleeps; -1 for never.</summary>
    static abstract int SleepThreshold { get; }
}
