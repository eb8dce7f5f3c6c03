using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Spill;

/// <summary>
/// What a mapped file asks of an operating system, one method a call, so that tests can let each of them fail. A returned number is 0 or the system's
/// error; lengths, offsets and addresses are multiples of <see cref="PageSize"/>.
/// </summary>
internal abstract class MappedFiles
{
    /// <summary>The files of the system that this process runs on; holds no state.</summary>
    public static MappedFiles Current { get; } = OperatingSystem.IsWindows() ? new WindowsMappedFiles() : new UnixMappedFiles();

    /// <summary>Granule of maps in bytes.</summary>
    public abstract long PageSize { get; }

    /// <summary>Makes an empty file for this process alone that is gone when its handle is, after a crash too.</summary>
    /// <exception cref="IOException">The system refuses; no file is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make files there.</exception>
    public abstract FileStream CreateTemporary(string path);

    /// <summary>Opens a file to stay, or makes it; nobody else can open it meanwhile.</summary>
    /// <exception cref="IOException">The system refuses, or the file is open elsewhere.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public virtual FileStream Open(string path) => new(path, Options(FileMode.OpenOrCreate));

    /// <summary>
    /// Puts disk space behind a part of a file, and makes it longer where needed. A map of a sparse file on a full disk kills the process at the first
    /// write; this says so beforehand.
    /// </summary>
    public abstract int Allocate(FileStream file, long offset, long bytes);

    /// <summary>Takes the disk space of a part back, which reads as zeros then; its length stays. An error where files have no holes.</summary>
    public abstract int PunchHole(FileStream file, long offset, long bytes);

    /// <summary>Cuts the file off; nothing of it may be mapped behind that place.</summary>
    public abstract int Truncate(FileStream file, long length);

    /// <summary>Takes address space without pages.</summary>
    public abstract int Reserve(long bytes, long alignment, out AddressRange range);

    /// <summary>Puts a part of the file behind reserved addresses, readable and writable.</summary>
    public abstract int Map(FileStream file, long offset, nint address, long bytes);

    /// <summary>Makes mapped addresses reserved ones again.</summary>
    public abstract int Unmap(nint address, long bytes);

    /// <summary>Gives up the range, mapped or not.</summary>
    public abstract int Release(in AddressRange range);

    /// <summary>Changes the access to mapped pages.</summary>
    public abstract int Protect(nint address, long bytes, PageAccess access);

    /// <summary>Writes changed pages of a map to the disk and waits for it.</summary>
    public abstract int Flush(FileStream file, nint address, long bytes);

    /// <summary>How files are opened here: unbuffered, shared with nobody, readable by nobody else.</summary>
    protected static FileStreamOptions Options(FileMode mode, FileOptions options = FileOptions.None)
    {
        var how = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = options };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return how;
    }
}
