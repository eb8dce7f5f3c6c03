using System.Diagnostics.CodeAnalysis;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.NN;

namespace Workspaces.Hosting.Composition;

/// <summary>Makes the model of a run.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class ModelRecipe
{
    /// <summary>Layers take their memory from the run's manager because its workspace is ambient while they are made.</summary>
    /// <exception cref="ConfigurationException">There are no layers, or one refuses its options.</exception>
    internal static Sequential Make(RunConfiguration run, Components components, WorkspaceManager manager)
    {
        using Workspace building = manager.Lease(new WorkspaceConfiguration());
        IReadOnlyList<Module> layers = components.Layers.CreateAll(run.Root.GetSection("Model:Layers"), run);
        if (layers.Count == 0)
            throw new ConfigurationException(
                [new ConfigurationProblem("Model:Layers", "make a model", "it has no layers", "Write at least one layer, e.g. { \"Type\": \"Linear\", … }")]);
        return new Sequential([.. layers]);
    }
}
