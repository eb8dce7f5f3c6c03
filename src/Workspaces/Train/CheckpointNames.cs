using Workspaces.Autograd;
using Workspaces.NN;

namespace Workspaces.Train;

/// <summary>
/// Names of parameters in a checkpoint: those of the model's <c>state_dict</c>, which begin at the model also where it is part of another one; their own for
/// parameters of nobody. With a number behind where two are called alike.
/// </summary>
internal static class CheckpointNames
{
    internal static Dictionary<Parameter, string> Of(IEnumerable<Parameter> parameters, Module model)
    {
        Dictionary<object, string>? inside = model.IsPart ? model.NamesInside() : null;
        var names = new Dictionary<Parameter, string>(ReferenceEqualityComparer.Instance);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (Parameter parameter in parameters)
        {
            string own = inside?.GetValueOrDefault(parameter) ?? parameter.Name, name = own;
            for (int number = 1; !taken.Add(name); number++) name = $"{own}#{number}";
            names.Add(parameter, name);
        }

        return names;
    }
}
