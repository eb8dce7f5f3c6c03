using Workspaces.Memory;

namespace Workspaces.IO;

/// <summary>
/// A regular file that is read by position, from any thread, without garbage. Reading goes through the system and not through a map, so that a file which
/// somebody cuts off meanwhile is an exception and not a fault of the process.
/// </summary>
internal sealed class RegularFile : IDisposable
{
    private readonly FileStream _stream;

    private RegularFile(FileStream stream, string path)
    {
        _stream = stream;
        Path = path;
        Length = stream.Length;
    }

    /// <summary>The path as it was given.</summary>
    internal string Path { get; }

    /// <summary>Bytes when it was opened.</summary>
    internal long Length { get; }

    /// <summary>The open file.</summary>
    internal FileStream Stream => _stream;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="by">Who asks, for messages.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is a pipe or a device.</exception>
    /// <exception cref="IOException">The system refuses.</exception>
    internal static RegularFile Open(string path, string by)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException(WorkspaceException.Compose(
                $"read '{path}'", by, $"{(Directory.Exists(path) ? "that is a folder" : "there is no such file")} (looked for '{System.IO.Path.GetFullPath(path)}')",
                "correct the path; a relative one starts at the current directory, or in a run file at the folder of that file"), path);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            if (stream.CanSeek) return new RegularFile(stream, path);
            throw new InvalidDataException(WorkspaceException.Compose($"read '{path}'", by, "it is a pipe or a device, which has no length", "copy it to a file first"));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads exactly as many bytes.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="bytes">Receives them.</param>
    /// <exception cref="InvalidDataException">The file has become shorter.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    internal void Read(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(_stream.SafeFileHandle, bytes, offset);
            if (read == 0)
                throw new InvalidDataException(WorkspaceException.Compose(
                    $"read {bytes.Length} bytes at {offset} of '{Path}'", nameof(RegularFile), $"the file ends there, and had {Length} bytes when it was opened",
                    "do not change a file while it is read; write a new one and rename it"));
            offset += read;
            bytes = bytes[read..];
        }
    }

    public void Dispose() => _stream.Dispose();
}
