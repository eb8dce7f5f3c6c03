using System.Collections;
using System.Globalization;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Modules in a list that a module of your own runs as it likes; <see cref="Sequential"/> runs them one after the other. Parameters are named by position:
/// <c>0.weight</c>, <c>1.weight</c>.
/// </summary>
public sealed class ModuleList : Module, IReadOnlyList<Module>
{
    private readonly List<Module> _modules = [];

    /// <summary>Makes an empty list.</summary>
    public ModuleList()
    {
    }

    /// <summary>Makes a list.</summary>
    /// <param name="modules">The modules in order.</param>
    public ModuleList(params ReadOnlySpan<Module> modules)
    {
        foreach (Module module in modules) Add(module);
    }

    /// <summary>Number of modules.</summary>
    public int Count => _modules.Count;

    /// <summary>One module.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public Module this[int index] => _modules[index];

    /// <summary>Appends a module, which the list from now on owns.</summary>
    /// <param name="module">The module.</param>
    /// <exception cref="InvalidOperationException">The list would contain itself.</exception>
    public void Add(Module module) => _modules.Add(Register(_modules.Count.ToString(CultureInfo.InvariantCulture), module));

    /// <summary>Always refuses: a list does not say how its modules belong together.</summary>
    /// <param name="input">Not used.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override Tensor Forward(Tensor input) => throw new NotSupportedException(WorkspaceException.Compose(
        "run a list of modules", nameof(ModuleList), $"it holds {Count} modules and does not say how they belong together",
        "run its modules in the Forward of the module that owns it, or use Sequential"));

    /// <summary>The modules in order.</summary>
    /// <returns>The enumerator.</returns>
    public IEnumerator<Module> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
