namespace Workspaces.Memory.Passes;

/// <summary>Guards the blocks of a frame, for nanoseconds: inside it runs no user code and nothing waits for another thread, so nobody sleeps for it.</summary>
internal readonly struct BlockGate : IGateKind
{
    public static ref long Inside(FlowThread thread) => ref thread.InsideBlocks;

    public static int SleepThreshold => -1;
}
