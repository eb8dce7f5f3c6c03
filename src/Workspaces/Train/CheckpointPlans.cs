using System.Text;
using Workspaces.Memory;
using Workspaces.Memory.Replay;

namespace Workspaces.Train;

/// <summary>Plans as a text in a checkpoint. Ones that cannot be used cost nothing but learning them again.</summary>
internal static class CheckpointPlans
{
    internal static string TextOf(Workspace step)
    {
        using var memory = new MemoryStream();
        PlanFile.Write(memory, step.Learned.Plans.Plans, step.Learned.Plans.Lifetimes);
        return Encoding.UTF8.GetString(memory.ToArray());
    }

    internal static void Load(Workspace step, string plans, string path)
    {
        try
        {
            using var memory = new MemoryStream(Encoding.UTF8.GetBytes(plans), writable: false);
            foreach (PlanFile.Entry entry in PlanFile.Read(memory, step.Learned.Plans.Lifetimes)) step.Learned.Plans.Keep(entry.Family, entry.Signature, entry.Plan);
        }
        catch (InvalidDataException error)
        {
            step.Manager.QueueFinding(LearningFindings.PlansNotLoaded(step.Name, path, error.Message));
            step.Manager.DeliverFindings();
        }
    }
}
