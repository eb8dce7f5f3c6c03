using Workspaces.Memory.Arenas;
using Workspaces.Memory.Spill;

namespace Workspaces.Tests.Spill;

/// <summary>The files of the system, with a disk that fills up and calls that fail when a test says so.</summary>
internal sealed class FaultyFiles : MappedFiles
{
    public const int NoSpace = 28;
    private static readonly MappedFiles Real = Current;

    /// <summary>Bytes that the disk has; space given back is free again.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Bytes taken of it by files that are open, counted as if no part was taken twice.</summary>
    public long Taken { get; private set; }

    /// <summary>Number of the call that fails, from 1; 0 for none.</summary>
    public int FailAt { get; set; }

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Holes that are refused although <see cref="FailAt"/> says nothing: a file system that has none.</summary>
    public bool HasHoles { get; set; } = true;

    /// <summary>Lets a test read a file that is open, as one reads what a crash has left.</summary>
    public bool SharesFiles { get; init; }

    /// <summary>Paths of the files made.</summary>
    public List<string> Paths { get; } = [];

    public override long PageSize => Real.PageSize;

    public override FileStream CreateTemporary(string path)
    {
        Paths.Add(path);
        if (Fails()) throw new IOException("No file descriptor is left");
        return Real.CreateTemporary(path);
    }

    public override FileStream Open(string path)
    {
        if (Fails()) throw new IOException("No file descriptor is left");
        return SharesFiles ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0) : Real.Open(path);
    }

    public override int Allocate(FileStream file, long offset, long bytes)
    {
        if (Fails()) return NoSpace;
        if (bytes > Capacity - Taken) return NoSpace;
        int error = Real.Allocate(file, offset, bytes);
        if (error == 0) Taken += bytes;
        return error;
    }

    public override int PunchHole(FileStream file, long offset, long bytes)
    {
        if (!HasHoles || Fails()) return NoSpace;
        Taken = Math.Max(0, Taken - bytes);
        return Real.PunchHole(file, offset, bytes);
    }

    public override int Truncate(FileStream file, long length)
    {
        if (Fails()) return NoSpace;
        Taken = Math.Max(0, Taken - (RandomAccess.GetLength(file.SafeFileHandle) - length));
        return Real.Truncate(file, length);
    }

    public override int Reserve(long bytes, long alignment, out AddressRange range)
    {
        range = default;
        return Fails() ? NoSpace : Real.Reserve(bytes, alignment, out range);
    }

    public override int Map(FileStream file, long offset, nint address, long bytes) => Fails() ? NoSpace : Real.Map(file, offset, address, bytes);

    public override int Unmap(nint address, long bytes) => Fails() ? NoSpace : Real.Unmap(address, bytes);

    public override int Release(in AddressRange range) => Real.Release(range);

    public override int Protect(nint address, long bytes, PageAccess access) => Real.Protect(address, bytes, access);

    public override int Flush(FileStream file, nint address, long bytes) => Fails() ? NoSpace : Real.Flush(file, address, bytes);

    private bool Fails() => ++Calls == FailAt;
}
