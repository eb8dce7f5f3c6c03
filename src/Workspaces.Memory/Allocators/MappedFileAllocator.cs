using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Blocks in memory-mapped files, so that more can be live than fits into RAM: the system writes pages to the disk as it needs room. Files are made as
/// memory is asked for, have their room on disk from the start, and are removed when they hold no block or the allocator has been disposed and its last
/// block is freed. Temporary ones have no name on Linux and macOS, so a crash leaves none either. Thread-safe; a second free throws.
/// </summary>
public sealed class MappedFileAllocator : IAllocator, IDisposable
{
    private readonly SegmentHeap _heap;
    private readonly string _path;
    private readonly bool _isNamed;
    private int _files;

    /// <summary>Makes an allocator in temporary files.</summary>
    /// <param name="folder">Where they lie; null for the system's folder for temporary files.</param>
    /// <param name="segmentBytes">Bytes of one file, rounded up to pages; a larger request gets a file of its own. 1 byte to 64 GiB.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The segment is out of range.</exception>
    public MappedFileAllocator(string? folder = null, long segmentBytes = 16L << 20)
        : this(Path.Combine(folder ?? Path.GetTempPath(), "workspaces"), segmentBytes, isNamed: false)
    {
    }

    private MappedFileAllocator(string path, long segmentBytes, bool isNamed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(segmentBytes, 64L << 30);
        _path = Path.GetFullPath(path);
        _isNamed = isNamed;
        Name = isNamed ? $"MappedFile[{Path.GetFileName(path)}]" : "MappedFile";
        if (!Directory.Exists(Path.GetDirectoryName(_path))) AllocatorErrors.ThrowNoFolder(_path, Name);
        _heap = new SegmentHeap(Name, Whole(segmentBytes), Map);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Bytes of all files.</summary>
    public long MappedBytes => _heap.MappedBytes;

    /// <summary>True when it was disposed and its last block is gone: no file is left.</summary>
    public bool IsReleased => _heap.IsReleased;

    /// <summary>Makes an allocator in files that others can see while it lives: the path, then the path with <c>.1</c>, <c>.2</c>, … behind it.</summary>
    /// <param name="path">The first file; it must not exist when the first block is asked for.</param>
    /// <param name="segmentBytes">As for temporary files.</param>
    /// <returns>The allocator.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The segment is out of range.</exception>
    public static MappedFileAllocator Named(string path, long segmentBytes = 16L << 20)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new MappedFileAllocator(path, segmentBytes, isNamed: true);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The allocator was disposed.</exception>
    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false) => _heap.Allocate(bytes, alignment, zeroed, this);

    /// <inheritdoc/>
    public void Free(in Allocation allocation)
    {
        AllocatorErrors.ThrowIfForeign(in allocation, this);
        _heap.Free(in allocation);
    }

    /// <summary>Removes files without blocks.</summary>
    /// <returns>Bytes given back.</returns>
    public long Trim() => _heap.Trim();

    /// <summary>Refuses further requests. Files are removed as their last blocks are freed.</summary>
    public void Dispose() => _heap.Close();

    private FileSegment Map(long bytes)
    {
        int number = _files++; // by one thread at a time: the heap maps inside its lock
        string path = !_isNamed ? $"{_path}-{Guid.NewGuid():N}.tmp" : number == 0 ? _path : $"{_path}.{number}";
        return new FileSegment(path, Whole(bytes), isHidden: !_isNamed);
    }

    private static long Whole(long bytes) => VirtualMemory.RoundUp(bytes, Math.Max(Environment.SystemPageSize, 1 << 16));
}
