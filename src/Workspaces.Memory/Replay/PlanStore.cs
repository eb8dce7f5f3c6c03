using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Replay;

/// <summary>Plans on disk.</summary>
internal static class PlanStore
{
    /// <summary>Writes the plans of a cache, to a file beside that is moved into place when it is complete.</summary>
    internal static int Save(PlanCache cache, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        IReadOnlyList<PlanFile.Entry> plans = cache.Plans;
        string beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (FileStream stream = File.Create(beside)) PlanFile.Write(stream, plans, cache.Lifetimes);
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
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
            List<PlanFile.Entry> plans = PlanFile.Read(stream, cache.Lifetimes);
            foreach (PlanFile.Entry entry in plans) cache.Keep(entry.Family, entry.Signature, entry.Plan);
            return plans.Count;
        }
        catch (InvalidDataException e)
        {
            finding = LearningFindings.PlansNotLoaded(cache.Workspace, path, e.Message);
            return 0;
        }
    }
}
