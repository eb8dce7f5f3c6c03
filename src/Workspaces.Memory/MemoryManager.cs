using Workspaces.Memory.Passes;

namespace Workspaces.Memory;

/// <summary>Hands out memory of the innermost pass that is open in one workspace. Tensors add their own <c>Allocate</c> as an extension.</summary>
public sealed class MemoryManager
{
    internal MemoryManager(Workspace workspace) => Workspace = workspace;

    /// <summary>The workspace whose memory this is.</summary>
    public Workspace Workspace { get; }

    /// <summary>Hands out a block of bytes.</summary>
    /// <param name="bytes">Bytes wanted; 0 gives an empty block.</param>
    /// <param name="zeroed">True to have them set to zero; otherwise their content is undefined (0xFF at first).</param>
    /// <param name="purpose">What the block is for, shown in messages and traces.</param>
    /// <returns>The block; it dies with its pass or when it is disposed.</returns>
    /// <exception cref="WorkspaceException">A negative or absurd size.</exception>
    /// <exception cref="OutOfWorkspaceException">The request would pass <c>MaxSize</c> or what the system gives.</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public Block Allocate(long bytes, bool zeroed = false, string? purpose = null)
    {
        FlowThread me = FlowThread.Current;
        Frame frame = me.Installed is { } ambient && ReferenceEquals(ambient.Workspace, Workspace) && me.IsIn(ambient) ? ambient : Frame;
        BlockHeader header = frame.Allocate(me, HeaderFactory.Plain, new BlockRequest(bytes, zeroed, RequestTag.Of(purpose), purpose), ownOps: 0);
        return new Block(header, header.Birth);
    }

    /// <summary>The frame that memory comes from: the innermost pass of this workspace around this flow, else the innermost open one.</summary>
    internal Frame Frame
    {
        get
        {
            if (!Workspace.IsLeased) Throw.Disposed(Workspace, "allocate memory");
            Frame? ambient = Ambient.Current;
            while (ambient is not null && !(ReferenceEquals(ambient.Workspace, Workspace) && ambient.IsOpen)) ambient = ambient.Scope.OuterIfSame;
            return ambient ?? Workspace.Innermost;
        }
    }
}
