using System.Diagnostics.CodeAnalysis;
using Workspaces.Hosting.Configuration;
using Workspaces.NN;

namespace Workspaces.Hosting.Composition;

/// <summary>
/// Layers that are made of others, which the key <c>Layers</c> lists. Even a single one inside is a chain, so that
/// names of parameters and paths of errors are alike.
/// </summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class ContainerComponents
{
    private const string List = "Layers";

    internal static void Register(Components components) => components.Layers
        .Register<NoOptions>("Sequential", List, static (_, layers, _) => new Sequential([.. layers]))
        .Register<NoOptions>("Residual", List, static (_, layers, _) => new Residual(new Sequential([.. layers])))
        .Register<NoOptions>("Recomputed", List, static (_, layers, _) => new Recomputed(new Sequential([.. layers])));
}
