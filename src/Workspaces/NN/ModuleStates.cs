using Workspaces.Autograd;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>What a module has learned and keeps, by name.</summary>
public static class ModuleStates
{
    extension(Module module)
    {
        /// <summary>
        /// All parameters and buffers with their names, as PyTorch's <c>state_dict</c> names them; the tensors are the module's own. What several places share
        /// is listed once, under its first name. Of a module inside another one the names begin at that module, so that it can be saved and loaded alone.
        /// </summary>
        /// <returns>Parameters in the order of registration, then buffers.</returns>
        public IReadOnlyList<(string Name, Tensor Value)> StateDict()
        {
            ArgumentNullException.ThrowIfNull(module);
            IReadOnlyList<Parameter> parameters = module.Parameters;
            IReadOnlyList<ModuleBuffer> buffers = module.Buffers;
            var state = new (string, Tensor)[parameters.Count + buffers.Count];
            Dictionary<object, string>? inside = module.IsPart ? module.NamesInside() : null;
            int next = 0;
            foreach (Parameter parameter in parameters) state[next++] = (inside?[parameter] ?? parameter.Name, parameter.Value);
            foreach (ModuleBuffer buffer in buffers) state[next++] = (inside?[buffer] ?? buffer.Name, buffer.Value);
            return state;
        }

        /// <summary>
        /// The modules in this one, itself included, that draw random numbers, each once, with the path of its name; of a module inside another one the paths begin at
        /// that module, and it is itself called by its type.
        /// </summary>
        /// <returns>In the order of registration.</returns>
        public IReadOnlyList<(string Name, IRandomModule Module)> RandomModules()
        {
            ArgumentNullException.ThrowIfNull(module);
            var found = new List<(string, IRandomModule)>();
            Collect(module, found, new HashSet<Module>(ReferenceEqualityComparer.Instance), module.IsPart ? module.NamesInside() : null);
            return found;
        }
    }

    private static void Collect(
        Module module, List<(string Name, IRandomModule Module)> found, HashSet<Module> seen, Dictionary<object, string>? inside)
    {
        if (!seen.Add(module)) return;
        if (module is IRandomModule random) found.Add((inside is null ? module.Name : inside.GetValueOrDefault(module, module.GetType().Name), random));
        foreach (Module child in module.Children) Collect(child, found, seen, inside);
    }
}
