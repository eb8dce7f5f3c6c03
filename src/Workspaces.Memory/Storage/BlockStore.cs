using System.Text;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Spill;

namespace Workspaces.Memory.Storage;

/// <summary>
/// The file of a mapped workspace: a header, and blocks by name that are mapped behind it. One process and one lease has it open at a time.
/// <code>
///   0             64 KiB
///   |  header        | block | block |  free  | block |
/// </code>
/// </summary>
internal sealed class BlockStore : IDisposable
{
    private const long Reserve = 64L << 30;
    private readonly object _sync = new();
    private readonly MappedFiles _files;
    private readonly FileStream _file;
    private readonly List<StoreEntry> _entries; // in the order of their offsets
    private readonly Arena _arena;
    private readonly string _workspace;
    private ulong _commits;

    private BlockStore(MappedFiles files, FileStream file, string workspace)
    {
        _files = files;
        _file = file;
        _workspace = workspace;
        byte[] header = new byte[StoreHeader.Bytes];
        long length = RandomAccess.GetLength(file.SafeFileHandle);
        if (length == 0)
        {
            _entries = [];
        }
        else
        {
            ReadFully(file, header);
            _entries = StoreHeader.Read(header, length, out _commits);
        }

        _arena = new Arena(Reserve, Arena.DefaultMinimumReserveBytes, new FileMemory(files, file, StoreHeader.Bytes, lasts: true));
        long data = DataBytes;
        int error = length == 0 ? files.Allocate(file, 0, StoreHeader.Bytes) : 0;
        if (error == 0) error = Reach(data);
        if (error != 0)
        {
            _arena.Dispose();
            throw new IOException($"its {StoreHeader.Bytes + data} bytes could not be had on the disk and mapped: {VirtualMemory.Describe(error)}");
        }

        if (length == 0) WriteHeader();
    }

    /// <summary>Bytes that the file holds on the disk and in address space.</summary>
    internal long HeldBytes => _arena.CommittedBytes;

    internal IReadOnlyList<StoredBlock> Blocks
    {
        get
        {
            lock (_sync) return [.. _entries.Select(static entry => entry.Block)];
        }
    }

    private string Path => _file.Name;

    private long DataBytes => _entries.Count == 0 ? 0 : _entries[^1].End;

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="WorkspaceException">It cannot be opened, is open elsewhere, or is no such file or a damaged one. It is left as it is.</exception>
    internal static BlockStore Open(MappedFiles files, WorkspaceConfiguration configuration, string workspace)
    {
        string path = TempFiles.Lasting(configuration);
        FileStream? file = null;
        try
        {
            file = files.Open(path);
            return new BlockStore(files, file, workspace);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or Allocators.AllocationException or NotSupportedException)
        {
            file?.Dispose();
            throw new WorkspaceException(
                $"open the mapped file '{path}'", $"workspace '{workspace}'", error.Message.TrimEnd('.'),
                error is InvalidDataException
                    ? "restore it from a copy, name another file in TempFilePath, or delete it to begin with an empty one; it was left as it is"
                    : "name a file in TempFilePath that this user may write, that nobody else has open, on a disk with space");
        }
    }

    /// <summary>The address of a block by name; made and zeroed when there is none.</summary>
    internal nint Take(string name, long bytes)
    {
        lock (_sync)
        {
            if (_entries.Find(entry => entry.Block.Name == name) is { } known) return Reopen(known, bytes);
            if (string.IsNullOrEmpty(name) || Encoding.UTF8.GetByteCount(name) > StoreHeader.MostNameBytes || !IsText(name))
                throw Refused($"store a block named '{name}'", $"a name has 1 to {StoreHeader.MostNameBytes} bytes of text that UTF-8 can say", "choose another name");
            ArgumentOutOfRangeException.ThrowIfNegative(bytes);
            long offset = FindRoom(bytes, out int index), end = offset + Granule.RoundUp(bytes);
            if (bytes > Reserve || Reach(end) != 0)
                throw new OutOfWorkspaceException(
                    $"store {bytes} bytes as '{name}'", $"workspace '{_workspace}'",
                    $"the file '{Path}' could not grow to {StoreHeader.Bytes + end} bytes: {_arena.LastSystemErrorText}, {_arena.CapacityBytes} bytes of addresses",
                    "free space on that disk, or remove stored blocks; those that are there stay as they are");
            var entry = new StoreEntry(new StoredBlock(name, offset, bytes), 0) { IsOpen = true };
            _entries.Insert(index, entry);
            Span(entry, static (_, part) => part.Clear());
            return (nint)(_arena.Address + offset);
        }
    }

    /// <summary>Takes a block out; false when there is none. Its bytes are free at once.</summary>
    internal bool Remove(string name)
    {
        lock (_sync) return _entries.RemoveAll(entry => entry.Block.Name == name) > 0;
    }

    /// <summary>Writes the blocks to the disk, then the header that names them.</summary>
    internal void Flush()
    {
        lock (_sync)
        {
            foreach (StoreEntry entry in _entries)
            {
                if (entry.IsOpen) entry.Checksum = ChecksumOf(entry);
            }

            long data = VirtualMemory.RoundUp(DataBytes, _files.PageSize);
            int error = data == 0 ? 0 : _files.Flush(_file, _arena.Address, data);
            if (error != 0) throw NotWritten(VirtualMemory.Describe(error));
            try
            {
                WriteHeader();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw NotWritten(failure.Message.TrimEnd('.'));
            }
        }
    }

    /// <summary>Commits and closes the file, which then is as long as what it holds.</summary>
    /// <exception cref="WorkspaceException">The last commit failed; the file is closed all the same.</exception>
    public void Dispose()
    {
        try
        {
            Flush();
            _ = _files.Truncate(_file, StoreHeader.Bytes + DataBytes); // refused: it is longer than it has to be
        }
        finally
        {
            _arena.Dispose();
        }
    }

    private static void ReadFully(FileStream file, Span<byte> header)
    {
        for (int at = 0, read = 1; at < header.Length && read > 0; at += read) read = RandomAccess.Read(file.SafeFileHandle, header[at..], at);
    }

    private nint Reopen(StoreEntry entry, long bytes)
    {
        if (entry.Block.Bytes != bytes)
            throw Refused(
                $"open {bytes} bytes stored as '{entry.Block.Name}'", $"the file '{Path}' has {entry.Block.Bytes} bytes under that name",
                "ask for as many, or remove it with RemoveStored first");
        if (!entry.IsOpen && ChecksumOf(entry) is uint found && found != entry.Checksum)
            throw Refused(
                $"open the block stored as '{entry.Block.Name}'",
                $"the checksum of its bytes in '{Path}' is {found:x8}, and {entry.Checksum:x8} was written: it was changed after the last Flush, or is damaged",
                "restore the file from a copy, or remove the block with RemoveStored and fill it anew");
        entry.IsOpen = true;
        return (nint)(_arena.Address + entry.Block.Offset);
    }

    /// <summary>False with half a surrogate pair: written and read again, the name would be another.</summary>
    private static bool IsText(string name) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)) == name;

    /// <summary>The lowest gap that suffices, else the end.</summary>
    private long FindRoom(long bytes, out int index)
    {
        long at = 0;
        for (index = 0; index < _entries.Count; index++)
        {
            if (_entries[index].Block.Offset - at >= Granule.RoundUp(bytes)) return at;
            at = _entries[index].End;
        }

        return at;
    }

    private int Reach(long end) => _arena.TryCommit(end, _arena.CapacityBytes, out CommitStatus status) ? 0
        : status == CommitStatus.RefusedBySystem ? _arena.LastSystemError : -1;

    private uint ChecksumOf(StoreEntry entry)
    {
        uint sum = 0;
        Span(entry, (first, part) => sum = first ? StoreHeader.Checksum(part) : (sum * 31) + StoreHeader.Checksum(part));
        return sum;
    }

    /// <summary>Visits a block in pieces that a span can hold.</summary>
    private void Span(StoreEntry entry, Action<bool, Span<byte>> visit)
    {
        const int most = 1 << 30;
        long at = 0;
        do
        {
            int part = (int)Math.Min(most, entry.Block.Bytes - at);
            visit(at == 0, _arena.Slice(entry.Block.Offset + at, part));
            at += part;
        }
        while (at < entry.Block.Bytes);
    }

    private void WriteHeader()
    {
        byte[] header = new byte[StoreHeader.Bytes];
        if (!StoreHeader.TryWrite(header, _commits + 1, DataBytes, _entries))
            throw Refused(
                $"commit {_entries.Count} stored blocks", $"their names and places do not fit a header of {StoreHeader.Bytes} bytes",
                "store fewer and larger blocks, or shorter names");
        RandomAccess.Write(_file.SafeFileHandle, header, 0);
        RandomAccess.FlushToDisk(_file.SafeFileHandle);
        _commits++;
    }

    private WorkspaceException NotWritten(string why) => Refused(
        "write stored blocks to the disk", $"the file '{Path}': {why}",
        "free space or repair the disk, then call Flush again; what was committed before is checked when it is opened");

    private WorkspaceException Refused(string asked, string numbers, string remedy) => new(asked, $"workspace '{_workspace}'", numbers, remedy);
}
