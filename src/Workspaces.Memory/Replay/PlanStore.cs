using Workspaces.Memory.Files;
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
            AtomicFile.Replace(path, stream => PlanFile.Write(stream, plans, cache.Lifetimes), toDisk: false); // plans can be learned again
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
            throw new FileNotFoundException(
                WorkspaceException.Compose($"load plans from '{path}'", Asker(cache), e.Message.TrimEnd('.'), "name a file that SavePlans has written"), e.FileName, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed($"load plans from '{path}'", cache, e, "name a file that SavePlans has written and that this process may read");
        }
    }

    private static IOException Failed(string asked, PlanCache cache, Exception cause, string remedy) => AtomicFile.Failed(asked, Asker(cache), cause, remedy);

    private static string Asker(PlanCache cache) => $"workspace '{cache.Workspace ?? "(unnamed)"}'";
}
