using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Spill;

/// <summary>
/// The pages of an arena in a file: committed = the file has its disk space there. What is given back stays mapped where the system makes holes in
/// files, so that a span kept beyond its pass reads zeros instead of faulting.
/// <code>
///   0              committed              mapped                   reserved
///   | disk space      |  hole in the file    |  address space only     |
/// </code>
/// </summary>
/// <param name="files">The system's calls.</param>
/// <param name="file">The file; closed with the arena.</param>
/// <param name="fileStart">Byte of the file that the arena begins at.</param>
/// <param name="lasts">True for a file whose bytes are kept: nothing of it is ever given back.</param>
internal sealed class FileMemory(MappedFiles files, FileStream file, long fileStart, bool lasts = false) : VirtualMemory
{
    private readonly Stack<(long From, long To)> _views = new();
    private nint _start;

    /// <inheritdoc/>
    public override string Name => "The system";

    /// <inheritdoc/>
    public override long PageSize => files.PageSize;

    private long Mapped => _views.Count == 0 ? 0 : _views.Peek().To;

    /// <inheritdoc/>
    public override int Reserve(long bytes, long alignment, out AddressRange range)
    {
        int error = files.Reserve(bytes, alignment, out range);
        if (error == 0) _start = range.Start;
        return error;
    }

    /// <inheritdoc/>
    public override int Commit(nint address, long bytes)
    {
        long from = address - _start, end = from + bytes, mapped = Mapped;
        int error = files.Allocate(file, fileStart + from, bytes);
        if (error == 0 && end > mapped)
        {
            error = files.Map(file, fileStart + mapped, (nint)(_start + mapped), end - mapped);
            if (error == 0) _views.Push((mapped, end));
        }

        if (error != 0 && !lasts) _ = files.PunchHole(file, fileStart + from, bytes); // a part may have been had
        return error;
    }

    /// <inheritdoc/>
    public override int Decommit(nint address, long bytes)
    {
        long from = address - _start;
        int error = files.PunchHole(file, fileStart + from, bytes);
        if (error == 0 || from + bytes < Mapped) return error;
        bool any = false;
        while (_views.TryPeek(out (long From, long To) view) && view.From >= from)
        {
            error = files.Unmap((nint)(_start + view.From), view.To - view.From);
            if (error != 0 && !any) return error;
            if (error != 0) break; // what lay above is gone: this one stays mapped, and is found again by the next commit
            _views.Pop();
            any = true;
        }

        _ = files.Truncate(file, fileStart + Math.Max(Mapped, from)); // refused: the file stays as long as it is, and is gone with its handle
        return 0;
    }

    /// <inheritdoc/>
    public override int Release(in AddressRange range)
    {
        if (OperatingSystem.IsWindows())
        {
            while (_views.TryPop(out (long From, long To) view)) _ = files.Unmap((nint)(_start + view.From), view.To - view.From);
        }

        int error = files.Release(range);
        file.Dispose();
        return error;
    }

    /// <inheritdoc/>
    public override int Protect(nint address, long bytes, PageAccess access) => files.Protect(address, bytes, access);

    /// <inheritdoc/>
    public override int AdviseHugePages(nint address, long bytes) => -1;

    /// <inheritdoc/>
    public override int DoNotFork(in AddressRange range) => 0;
}
