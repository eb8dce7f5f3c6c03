using System.Text.RegularExpressions;

namespace Workspaces.Memory.Files;

/// <summary>
/// Replaces a file as a whole: writes beside it, brings it to the disk, renames, brings the folder to the disk. Whoever opens the path finds the old file or the new
/// one, also when the process is killed or the machine stops in between; then a file with <c>.tmp</c> behind its name can be left, which nobody reads and
/// <see cref="DeleteLeftovers"/> takes away.
/// </summary>
internal static partial class AtomicFile
{
    /// <summary>Bytes collected before the system is called.</summary>
    private const int BufferBytes = 1 << 20;

    private const string Extension = ".tmp";

    /// <summary>Digits of the number that a file beside has in its name.</summary>
    private const int NumberDigits = 32;

    /// <summary>The file beside one to write: a name of its own, so that two may save to one path.</summary>
    internal static string Beside(string target) => $"{target}.{Guid.NewGuid():N}{Extension}";

    /// <summary>What the system said about such a file, as said of the one to write.</summary>
    internal static string Said(Exception error) => NumberOfBeside().Replace(error.Message, "").TrimEnd('.');

    [GeneratedRegex(@"\.[0-9a-f]{32}\.tmp", RegexOptions.CultureInvariant)]
    private static partial Regex NumberOfBeside();

    /// <summary>The file to replace: where a link leads, else the path itself. Moving a file over a device or a pipe would take it away from everybody.</summary>
    /// <exception cref="IOException">It is a folder, a device or a pipe.</exception>
    internal static string Target(string path)
    {
        string target = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
        if (Directory.Exists(target)) throw new IOException("it is a folder");
        if (!File.Exists(target)) return target;
        try
        {
            // Reading too, because a pipe that is opened for writing alone waits for its reader. Only regular files have a length to set.
            using var stream = new FileStream(target, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (!stream.CanSeek) throw new IOException("it is no regular file");
            stream.SetLength(stream.Length);
        }
        catch (ArgumentException e)
        {
            throw new IOException("it is no regular file", e);
        }

        return target;
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file to make or replace; a link is followed.</param>
    /// <param name="by">Who asks, for messages.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="toDisk">False for what can be made again: it need not outlive the machine, and nobody waits for the disk.</param>
    /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
    internal static void Write(string path, string by, Action<Stream> write, bool toDisk = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            Replace(path, write, toDisk);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed($"write '{path}'", by, error, "name a file in a folder that exists, that has room, and that this process may write");
        }
    }

    /// <summary>Writes a file as <see cref="Write"/> does; what the system refuses is thrown as it is, for callers with a remedy of their own.</summary>
    internal static void Replace(string path, Action<Stream> write, bool toDisk)
    {
        string target = Target(Path.GetFullPath(path)), beside = Beside(target);
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(stream);
                stream.Flush(toDisk);
            }

            File.Move(beside, target, overwrite: true);
            if (toDisk) FolderSync.Flush(Path.GetDirectoryName(target)!);
        }
        finally
        {
            if (File.Exists(beside)) File.Delete(beside);
        }
    }

    /// <summary>The error of a file that the system refuses, in four parts; a folder that is not there keeps its type.</summary>
    internal static IOException Failed(string asked, string by, Exception cause, string remedy)
    {
        string message = WorkspaceException.Compose(asked, by, Said(cause), remedy);
        return cause is DirectoryNotFoundException ? new DirectoryNotFoundException(message, cause) : new IOException(message, cause);
    }

    /// <summary>
    /// Deletes what killed processes have left beside files of a folder: names that are one of the files', a number as written here, and <c>.tmp</c>. A file that a
    /// process writes at this moment is locked and stays; so does what cannot be deleted.
    /// </summary>
    /// <param name="folder">The folder; nothing is done when it is not there.</param>
    /// <param name="isTarget">Whether a name without number and extension is that of a file which is replaced in this way.</param>
    /// <param name="age">Younger files stay: who has just made one may not have locked it yet.</param>
    /// <returns>Files deleted.</returns>
    internal static int DeleteLeftovers(string folder, Predicate<string> isTarget, TimeSpan age)
    {
        if (!Directory.Exists(folder)) return 0;
        int deleted = 0;
        foreach (string path in Directory.GetFiles(folder, "*" + Extension))
        {
            if (TargetName(Path.GetFileName(path)) is not { } name || !isTarget(name) || DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < age || IsLocked(path)) continue;
            try
            {
                File.Delete(path);
                deleted++;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It costs room and nothing else.
            }
        }

        return deleted;
    }

    /// <summary>The name of the file that a file beside was to replace; null for another one.</summary>
    private static string? TargetName(string name)
    {
        int number = name.Length - Extension.Length - NumberDigits;
        return number > 1 && name[number - 1] == '.' && name.AsSpan(number, NumberDigits).IndexOfAnyExceptInRange('0', 'f') < 0
            && Guid.TryParseExact(name.AsSpan(number, NumberDigits), "N", out _) ? name[..(number - 1)] : null;
    }

    /// <summary>A writer holds its file without sharing it: by the system's own means on Windows, by an advisory lock elsewhere. Killing a process frees both.</summary>
    private static bool IsLocked(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
