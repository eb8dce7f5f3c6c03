using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>
/// Work on spans of persistent memory between ops, counted in the pass around it: so a manager that is disposed elsewhere waits before it gives the slabs back.
/// </summary>
internal readonly ref struct PassUse
{
    /// <summary>Begins; <see cref="Frame.NoteHost"/> and checks of handles come after it.</summary>
    public PassUse()
    {
        Frame = Ambient.Current;
        Frame?.BeginOp();
        if (Frame is not { CountsOps: true, IsOpen: false }) return;
        Frame.EndOp();
        Throw.Straggler(Frame); // who ended it may not have seen this use
    }

    /// <summary>The ambient pass, or null outside every workspace.</summary>
    internal Frame? Frame { get; }

    public void Dispose() => Frame?.EndOp();
}
