using Workspaces.Memory.Passes;

namespace Workspaces.Memory;

/// <summary>
/// One <see cref="Workspace.Enter"/> … <see cref="Dispose"/>. A value: copies name the same pass, and disposing a second time, or after another pass
/// has begun, does nothing.
/// </summary>
public readonly struct Pass : IDisposable
{
    private readonly Frame? _frame;
    private readonly long _serial;

    internal Pass(Frame frame, long serial)
    {
        _frame = frame;
        _serial = serial;
    }

    /// <summary>True until the pass is disposed.</summary>
    public bool IsOpen => _frame is not null && _frame.Serial == _serial;

    /// <summary>The workspace of the pass.</summary>
    /// <exception cref="StaleAccessException">A default pass.</exception>
    public Workspace Workspace => Checked("ask for the workspace", mustBeOpen: false).Workspace!;

    /// <summary>
    /// Opens lanes for branches that run in parallel: each has an index, memory and a trace of its own, so that the layout depends on the index and not on
    /// the scheduler. What a lane makes dies when the lane's pass is disposed; copy results to tensors made before the fork.
    /// </summary>
    /// <param name="count">Number of lanes, 1 or more.</param>
    /// <returns>The lanes; dispose them when all branches have finished.</returns>
    /// <exception cref="StaleAccessException">The pass has ended.</exception>
    /// <exception cref="WorkspaceException">Lanes of this pass are open already.</exception>
    public Lanes Fork(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Frame frame = Checked("fork");
        return new Lanes(frame, _serial, frame.Workspace!.Fork(frame, _serial, count), count);
    }

    /// <summary>Hands out a block of this very pass, whichever pass is ambient; <see cref="MemoryManager"/> looks for the innermost one.</summary>
    /// <param name="bytes">Bytes wanted; 0 gives an empty block.</param>
    /// <param name="zeroed">True to have them set to zero; otherwise their content is undefined (0xFF at first).</param>
    /// <param name="purpose">What the block is for, shown in messages and traces.</param>
    /// <returns>The block; it dies with the pass or when it is disposed.</returns>
    /// <exception cref="StaleAccessException">The pass has ended.</exception>
    /// <exception cref="WorkspaceException">A negative or absurd size.</exception>
    /// <exception cref="OutOfWorkspaceException">The request would pass <c>MaxSize</c> or what the system gives.</exception>
    public Block Allocate(long bytes, bool zeroed = false, string? purpose = null) => AllocateOn(FlowThread.Current, bytes, zeroed, purpose);

    /// <summary>Remembers a moment of the pass, to go back to with <see cref="Rewind"/>.</summary>
    /// <returns>The mark.</returns>
    /// <exception cref="StaleAccessException">The pass has ended.</exception>
    public PassMark Mark() => new(_serial, Checked("mark").Births);

    /// <summary>Releases everything that was made in the pass since the mark; handles to it become stale.</summary>
    /// <param name="mark">A mark of this pass.</param>
    /// <exception cref="StaleAccessException">The pass has ended.</exception>
    /// <exception cref="WorkspaceException">The mark was taken in another pass.</exception>
    public void Rewind(PassMark mark)
    {
        Frame frame = Checked("rewind");
        if (mark.Serial != _serial)
            throw new WorkspaceException(
                "rewind to a mark", $"pass {frame.PassNumber} of workspace '{frame.Name}'", "the mark was taken in another pass",
                "rewind to marks of the same pass only");
        if (!frame.Rewind(_serial, mark.Births)) Throw.PassClosed("rewind", frame.PassNumber, frame.Name);
    }

    /// <summary>Ends the pass: its tensors are stale at once, whatever their number. Scopes still open inside are closed first and reported.</summary>
    public void Dispose()
    {
        if (_frame is null) return;
        if (_frame.Serial == _serial) _frame.Workspace!.Close(_frame, _serial);
        else Ambient.Forget(_frame, _serial); // it was closed elsewhere, and this flow may still have it
    }

    /// <summary>Number of the pass, unique in the process.</summary>
    internal long Serial => _serial;

    internal Block AllocateOn(FlowThread me, long bytes, bool zeroed, string? purpose)
    {
        Frame frame = Checked("allocate memory");
        BlockHeader header = frame.Allocate(me, HeaderFactory.Plain, new BlockRequest(bytes, zeroed, RequestTag.Of(purpose), purpose), ownOps: 0);
        return new Block(header, header.Birth);
    }

    internal Frame Checked(string asked, bool mustBeOpen = true)
    {
        if (_frame is null) Throw.DefaultHandle(asked);
        if (mustBeOpen && _frame.Serial != _serial) Throw.PassClosed(asked, _frame.PassNumber, _frame.Name);
        return _frame;
    }
}
