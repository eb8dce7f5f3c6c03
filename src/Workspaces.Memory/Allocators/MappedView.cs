using System.IO.MemoryMappedFiles;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// A file as memory, lent piece by piece: <see cref="Lend"/> gives an allocator that hands out one piece, once. The map goes when it was disposed and every
/// piece was given back. Writing to a piece changes private pages of this process, never the file.
/// </summary>
/// <remarks>A file that another process cuts off while it is mapped faults on the pages that are gone; files that are replaced by renaming do not.</remarks>
internal sealed class MappedView : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Maps a whole file.</summary>
    /// <param name="stream">The file, not empty, opened for reading; stays open.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    internal MappedView(FileStream stream, string name)
    {
        Name = name;
        Length = stream.Length;
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
        try
        {
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    internal string Name { get; }

    /// <summary>Bytes of the file when it was mapped.</summary>
    internal long Length { get; }

    /// <summary>An allocator that hands out these bytes of the file, once.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="bytes">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The piece does not lie in the file.</exception>
    internal IAllocator Lend(long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - bytes, nameof(offset));
        return new Piece(this, offset);
    }

    /// <summary>Lends no more; the map goes with the last piece.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    internal sealed class Piece(MappedView map, long offset) : IAllocator
    {
        private int _state;

        public string Name => map.Name;

        public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
        {
            if (Interlocked.CompareExchange(ref _state, 1, 0) != 0)
                throw new WorkspaceException($"lend {bytes} bytes", map.Name, "this piece of the file is lent already", "ask the file for another tensor");
            bool held = false;
            map._view.SafeMemoryMappedViewHandle.DangerousAddRef(ref held); // throws when the file was closed
            nint address = map._view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)offset;
            return new Allocation(address, bytes, alignment, zeroed: false, this);
        }

        public void Free(in Allocation allocation)
        {
            if (Interlocked.CompareExchange(ref _state, 2, 1) == 1) map._view.SafeMemoryMappedViewHandle.DangerousRelease();
        }
    }
}
