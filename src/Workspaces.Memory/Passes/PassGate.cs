namespace Workspaces.Memory.Passes;

/// <summary>Guards the frames of a workspace while passes open and close. A plan may be made inside, so who waits long sleeps.</summary>
internal readonly struct PassGate : IGateKind
{
    public static ref long Inside(FlowThread thread) => ref thread.InsidePasses;

    public static int SleepThreshold => 20;
}
