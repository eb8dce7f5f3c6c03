using Workspaces.Memory.Passes;
using Workspaces.Memory.Storage;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory;

/// <summary>
/// Blocks that outlive the process: with <c>PolicyLocation: Mmap</c> a workspace has a file, <see cref="WorkspaceConfiguration.TempFilePath"/>, and what is
/// opened by name in it has the same bytes when the workspace is created again.
/// </summary>
public sealed partial class Workspace
{
    private BlockStore? _store;

    /// <summary>What the workspace's file holds, by offset; empty unless <c>PolicyLocation</c> is <c>Mmap</c>.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public IReadOnlyList<StoredBlock> StoredBlocks
    {
        get
        {
            if (!_leased) Throw.Disposed(this, "ask for stored blocks");
            return _store?.Blocks ?? [];
        }
    }

    /// <summary>
    /// The block that the workspace's file holds under a name, with its bytes; zeros when there was none. It lives in the outer pass, so to the end of the
    /// lease, in the mapped file itself: writing to it is storing it. <see cref="Flush"/> commits it, and the end of the lease does too;
    /// should the disk refuse it then, finding WSF013 says so.
    /// </summary>
    /// <param name="name">Tells the blocks of the file apart, in upper and lower case; 1 to 1024 bytes.</param>
    /// <param name="bytes">Its size, which must be that of the stored one.</param>
    /// <returns>The block. Opened twice it is the same bytes.</returns>
    /// <exception cref="WorkspaceException">No mapped file, another size, or bytes that are not those of the last commit.</exception>
    /// <exception cref="OutOfWorkspaceException">The disk is full. Nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public Block OpenStored(string name, long bytes)
    {
        BlockHeader header = OpenStored(HeaderFactory.Plain, name, bytes);
        return new Block(header, header.Birth);
    }

    /// <summary>Takes a block out of the workspace's file; its bytes serve the next one. Handles to it are not to be used any more.</summary>
    /// <param name="name">The name.</param>
    /// <returns>False when there is none.</returns>
    /// <exception cref="WorkspaceException">No mapped file.</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public bool RemoveStored(string name) => Store($"remove the block stored as '{name}'").Remove(name);

    /// <summary>Writes the stored blocks to the disk and waits for it. From then on they are what a later session finds, even after a crash.</summary>
    /// <exception cref="WorkspaceException">No mapped file, or the disk refuses.</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public void Flush() => Store("flush stored blocks").Flush();

    internal BlockHeader OpenStored(HeaderFactory factory, string name, long bytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Manager.ShapesOnly) return _root.Allocate(factory, new BlockRequest(bytes, true, RequestTag.Of(name), name), ownOps: 0);
        nint address = Store($"open a stored block '{name}'").Take(name, bytes);
        BlockHeader header = _root.AllocateView(factory, name);
        header.Address = address;
        header.Bytes = bytes;
        return header;
    }

    /// <summary>The memory kinds without what other names have as well.</summary>
    internal MemoryReport OwnMemory =>
        Configuration.WorkspaceMode == WorkspaceMode.Single ? new MemoryReport { External = _store?.HeldBytes ?? 0 } : Memory;

    /// <summary>True once its memory has been given back for good.</summary>
    internal bool IsDestroyed { get; private set; }

    /// <summary>Frees every arena; the workspace is never leased again. False while an op of an ended pass still runs on one of them.</summary>
    internal bool TryDestroy()
    {
        CloseStore();
        if (_store is not null) return false;
        bool gone = Configuration.WorkspaceMode == WorkspaceMode.Single ? Manager.TryUnshare(this) : _memory.TryDestroy();
        if (!gone) return false;
        IsDestroyed = true;
        _guard.Dispose();
        if (_counts is { } counts) WorkspaceRegister.Remove(counts);
        return true;
    }

    private BlockStore Store(string asked)
    {
        if (!_leased) Throw.Disposed(this, asked);
        if (_store is { } store) return store;
        bool mapped = Configuration.PolicyLocation == LocationPolicy.Mmap;
        throw new WorkspaceException(
            asked, $"workspace '{DisplayName}'",
            mapped ? "another lease of that name is open and has the file" : $"PolicyLocation is {Configuration.PolicyLocation}, so it has no file",
            mapped ? "do it in that lease, or end it first" : $"set Workspaces:{DisplayName}:PolicyLocation to Mmap and TempFilePath to a file");
    }

    /// <summary>The first lease of a name opens its file.</summary>
    private void OpenStore()
    {
        if (_store is not null || Configuration.PolicyLocation != LocationPolicy.Mmap || Manager.ShapesOnly) return;
        if (!Learned.TryTakeFile(this)) return;
        try
        {
            _store = BlockStore.Open(Manager.Files, Configuration, DisplayName);
        }
        finally
        {
            if (_store is null) Learned.ReturnFile(this);
        }
    }

    /// <summary>Commits and closes the file, unless an op still runs on it; then the next lease goes on with it, or the end of the workspace closes it.</summary>
    private void CloseStore()
    {
        if (_store is not { } store || !IsQuiet) return;
        _store = null;
        try
        {
            store.Dispose();
        }
        catch (WorkspaceException error)
        {
            Report(FindingCodes.NotCommitted, error.Message); // a dispose does not throw: it may run because something else has failed
        }
        finally
        {
            Learned.ReturnFile(this);
        }
    }
}
