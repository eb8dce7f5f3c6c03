using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Replay;

/// <summary>Plans on disk.</summary>
internal static class PlanStore
{
    /// <summary>Writes the plans of a cache, to a file beside that is moved into place when it is complete; a link is followed to its target.</summary>
    internal static int Save(PlanCache cache, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        IReadOnlyList<PlanFile.Entry> plans = cache.Plans;
        try
        {
            string target = Target(path);
            string beside = $"{target}.{Guid.NewGuid():N}.tmp"; // a name of its own, so that two may save to one path
            try
            {
                using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write)) PlanFile.Write(stream, plans, cache.Lifetimes);
                File.Move(beside, target, overwrite: true);
            }
            finally
            {
                if (File.Exists(beside)) File.Delete(beside);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed($"save plans to '{path}'", cache, e, "name a regular file in a folder that exists and that this process may write");
        }

        return plans.Count;
    }

    /// <summary>Reads plans into a cache; says why when the file is of no use.</summary>
    internal static int Load(PlanCache cache, string path, out Finding? finding)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        finding = null;
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.CanSeek && stream.Length == 0) throw new InvalidDataException("it has 0 bytes, or it is no regular file"); // a device never ends
            List<PlanFile.Entry> plans = PlanFile.Read(stream, cache.Lifetimes);
            foreach (PlanFile.Entry entry in plans) cache.Keep(entry.Family, entry.Signature, entry.Plan);
            return plans.Count;
        }
        catch (InvalidDataException e)
        {
            finding = LearningFindings.PlansNotLoaded(cache.Workspace, path, e.Message);
            return 0;
        }
        catch (FileNotFoundException e)
        {
            throw new FileNotFoundException(Compose($"load plans from '{path}'", cache, e, "name a file that SavePlans has written"), e.FileName, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed($"load plans from '{path}'", cache, e, "name a file that SavePlans has written and that this process may read");
        }
    }

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

    private static IOException Failed(string asked, PlanCache cache, Exception cause, string remedy)
    {
        string message = Compose(asked, cache, cause, remedy);
        return cause is DirectoryNotFoundException ? new DirectoryNotFoundException(message, cause) : new IOException(message, cause);
    }

    private static string Compose(string asked, PlanCache cache, Exception cause, string remedy) =>
        WorkspaceException.Compose(asked, $"workspace '{cache.Workspace ?? "(unnamed)"}'", cause.Message.TrimEnd('.'), remedy);
}
