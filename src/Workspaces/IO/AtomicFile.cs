using Workspaces.Memory;
using Workspaces.Memory.Replay;

namespace Workspaces.IO;

/// <summary>
/// Replaces a file as a whole: writes beside it, brings it to the disk, renames. Whoever opens the path finds the old file or the new one, also when the
/// process is killed in between; then a file with <c>.tmp</c> behind its name is left, which nobody reads.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Bytes collected before the system is called.</summary>
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file to make or replace; a link is followed.</param>
    /// <param name="by">Who asks, for messages.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
    internal static void Write(string path, string by, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            string target = PlanStore.Target(Path.GetFullPath(path));
            string beside = $"{target}.{Guid.NewGuid():N}.tmp"; // a name of its own, so that two may save to one path
            try
            {
                using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(beside, target, overwrite: true);
            }
            finally
            {
                if (File.Exists(beside)) File.Delete(beside);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string message = WorkspaceException.Compose(
                $"write '{path}'", by, error.Message.TrimEnd('.'), "name a file in a folder that exists, that has room, and that this process may write");
            throw error is DirectoryNotFoundException ? new DirectoryNotFoundException(message, error) : new IOException(message, error);
        }
    }
}
