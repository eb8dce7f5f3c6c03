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
        /// is listed once, under its first name.
        /// </summary>
        /// <returns>Parameters in the order of registration, then buffers.</returns>
        public IReadOnlyList<(string Name, Tensor Value)> StateDict()
        {
            ArgumentNullException.ThrowIfNull(module);
            IReadOnlyList<Parameter> parameters = module.Parameters;
            IReadOnlyList<ModuleBuffer> buffers = module.Buffers;
            var state = new (string, Tensor)[parameters.Count + buffers.Count];
            int next = 0;
            foreach (Parameter parameter in parameters) state[next++] = (parameter.Name, parameter.Value);
            foreach (ModuleBuffer buffer in buffers) state[next++] = (buffer.Name, buffer.Value);
            return state;
        }
    }
}
