using Workspaces.Memory.Passes;

namespace Workspaces.Memory;

/// <summary>A pass that is ambient on one thread only, from <see cref="Workspace.EnterOnThread"/>. The compiler forbids <c>await</c> and <c>yield</c> inside it.</summary>
public readonly ref struct ThreadPass
{
    private readonly FlowThread _me;

    internal ThreadPass(Pass pass, FlowThread me)
    {
        Pass = pass;
        _me = me;
    }

    /// <summary>The pass itself.</summary>
    public Pass Pass { get; }

    /// <summary>As <see cref="Memory.Pass.Allocate"/>; the fastest way to a block, because neither the thread nor its pass is to be looked up.</summary>
    /// <param name="bytes">Bytes wanted; 0 gives an empty block.</param>
    /// <param name="zeroed">True to have them set to zero.</param>
    /// <param name="purpose">What the block is for, shown in messages and traces.</param>
    /// <returns>The block; it dies with the pass or when it is disposed.</returns>
    /// <exception cref="StaleAccessException">The pass has ended.</exception>
    /// <exception cref="OutOfWorkspaceException">The request would pass <c>MaxSize</c> or what the system gives.</exception>
    public Block Allocate(long bytes, bool zeroed = false, string? purpose = null) => Pass.AllocateOn(_me, bytes, zeroed, purpose);

    /// <summary>Ends the pass.</summary>
    public void Dispose() => Pass.Dispose();
}
