using System.Text;
using Workspaces.Memory;
using Workspaces.Memory.Files;

namespace Workspaces.Cli;

/// <summary>
/// A file that a command writes when its work is done. Whether it can be written is tried before the work, so that a bad path costs no time; nothing of that stays.
/// A file is replaced as a whole: what is killed meanwhile leaves the old one, or none. A failed write is kept, so that results are shown first.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _option;
    private readonly FileStream? _device;
    private IOException? _failure;

    /// <param name="path">The file.</param>
    /// <param name="option">Who asks for it, e.g. <c>plan --out</c>.</param>
    internal OutputFile(string path, string option)
    {
        _path = path;
        _option = option;
        if (path.Length == 0) throw new IOException(WorkspaceException.Compose("write a file", option, "its name is empty", "name a file in a folder that exists"));
        if (Directory.Exists(path)) throw new IOException(WorkspaceException.Compose($"write '{path}'", option, "it is a folder", "name a file in it"));
        try
        {
            _device = OpenDevice(path);
            if (_device is null) Try(AtomicFile.Target(Path.GetFullPath(path)));
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
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            if (_device is not null) WriteTo(_device, bytes);
            else AtomicFile.Write(_path, _option, stream => stream.Write(bytes), toDisk: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _failure = error.InnerException is { } cause ? Failed(cause) : Failed(error);
        }
    }

    /// <summary>Says why the file could not be written, if so.</summary>
    internal void ThrowIfFailed()
    {
        if (_failure is not null) throw _failure;
    }

    /// <summary>Closes a pipe or a device.</summary>
    public void Dispose() => _device?.Dispose();

    /// <summary>A pipe or a device, which is written where it is: a file in its place would take it away from everybody. Null for a file, or nothing.</summary>
    private static FileStream? OpenDevice(string path)
    {
        if (!File.Exists(path)) return null;
        string full = Path.GetFullPath(path);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0); // without a buffer: a write says whether there is room
        if (!stream.CanSeek || full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)) return stream;
        stream.Dispose();
        return null;
    }

    private static void WriteTo(FileStream device, byte[] bytes)
    {
        if (device.CanSeek && device.Length > 0) device.SetLength(0);
        if (device.CanSeek) device.Position = 0;
        device.Write(bytes);
    }

    /// <summary>Makes a file beside the one to write, as the write will, and takes it away again.</summary>
    private static void Try(string target)
    {
        string beside = AtomicFile.Beside(target);
        using (new FileStream(beside, FileMode.CreateNew, FileAccess.Write)) File.Delete(beside);
    }

    private IOException Failed(Exception cause) => new(
        WorkspaceException.Compose($"write '{_path}'", _option, AtomicFile.Said(cause),
            "name a file in a folder that exists, on a disk with room, that this process may write"),
        cause);
}
