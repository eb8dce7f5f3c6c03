using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Ops;

namespace Workspaces.Hosting.Composition;

/// <summary>Makes the manager that a run file describes: limits, scratch and threads.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class ManagerRecipe
{
    /// <summary>A manager; with <paramref name="shapesOnly"/> one that commits no memory.</summary>
    internal static WorkspaceManager Make(RunConfiguration run, bool shapesOnly)
    {
        TrainingOptions training = run.GetOptions<TrainingOptions>(TrainingOptions.Section);
        WorkspaceManagerConfiguration all = run.Root.GetWorkspaceManager();
        WorkspaceConfiguration scratch = run.Root.GetWorkspace("scratch");
        WorkspaceManager manager = shapesOnly ? WorkspaceManager.ForShapes(all, scratch) : new WorkspaceManager(all, scratch: scratch);
        try
        {
            manager.KernelThreads = training.Threads > 0 ? training.Threads : Environment.ProcessorCount;
            return manager;
        }
        catch
        {
            manager.Dispose();
            throw;
        }
    }
}
