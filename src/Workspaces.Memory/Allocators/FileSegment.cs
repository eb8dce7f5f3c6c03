using System.IO.MemoryMappedFiles;

namespace Workspaces.Memory.Allocators;

/// <summary>One file mapped into memory, all of it. Its room on disk is taken when it is made, so a full disk is an error then and not a fault later.</summary>
internal sealed class FileSegment : MemorySegment
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;

    /// <summary>Makes and maps a file.</summary>
    /// <param name="path">A file that does not exist.</param>
    /// <param name="bytes">Its length, a multiple of the page.</param>
    /// <param name="isHidden">True to remove the name at once where the system can do that, so that not even a crash leaves a file.</param>
    /// <exception cref="IOException">The file exists, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    internal FileSegment(string path, long bytes, bool isHidden)
    {
        bool unlinks = isHidden && !OperatingSystem.IsWindows();
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
            PreallocationSize = bytes,
            Options = unlinks ? FileOptions.None : FileOptions.DeleteOnClose,
        });
        try
        {
            if (unlinks) File.Delete(path);
            _map = MemoryMappedFile.CreateFromFile(_file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.ReadWrite);
        }
        catch
        {
            Dispose();
            throw;
        }

        Address = _view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)_view.PointerOffset;
        Bytes = bytes;
    }

    /// <summary>Unmaps the file and removes it.</summary>
    public override void Dispose()
    {
        _view?.SafeMemoryMappedViewHandle.Dispose(); // before the view itself, which would write every page to the disk first
        _view?.Dispose();
        _map?.Dispose();
        _file.Dispose();
    }
}
