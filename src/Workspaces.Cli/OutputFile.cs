using System.Text;
using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary>
/// A file that a command writes when its work is done: opened before the work, so that a bad path costs no time. What it held before stays until it is
/// written. A failed write is kept, so that results are shown first.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _option;
    private readonly FileStream _file;
    private readonly bool _isNew;
    private IOException? _failure;

    /// <param name="path">The file.</param>
    /// <param name="option">Who asks for it, e.g. <c>plan --out</c>.</param>
    internal OutputFile(string path, string option)
    {
        _path = path;
        _option = option;
        if (path.Length == 0) throw new IOException(WorkspaceException.Compose("write a file", option, "its name is empty", "name a file in a folder that exists"));
        if (Directory.Exists(path)) throw new IOException(WorkspaceException.Compose($"write '{path}'", option, "it is a folder", "name a file in it"));
        _isNew = !File.Exists(path);
        try
        {
            // Shared, because the file may be the one that is read; without a buffer, because the last write is to say whether the disk is full.
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Failed(error);
        }
    }

    /// <summary>Replaces what the file holds; does nothing once that has failed.</summary>
    internal void Write(string text)
    {
        if (_failure is not null) return;
        try
        {
            if (_file.CanSeek && _file.Length > 0) _file.SetLength(0);
            if (_file.CanSeek) _file.Position = 0;
            _file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _failure = Failed(error);
        }
    }

    /// <summary>Says why the file could not be written, if so.</summary>
    internal void ThrowIfFailed()
    {
        if (_failure is not null) throw _failure;
    }

    /// <summary>Closes the file; a new one that nothing was written to is removed.</summary>
    public void Dispose()
    {
        bool unused = _isNew && _file.Length == 0;
        _file.Dispose();
        if (unused) File.Delete(_path);
    }

    private IOException Failed(Exception cause) => new(
        WorkspaceException.Compose($"write '{_path}'", _option, cause.Message.TrimEnd('.'),
            "name a file in a folder that exists, on a disk with room, that this process may write"),
        cause);
}
