using Workspaces.Autograd;

namespace Workspaces.Train;

/// <summary>Names of parameters in a checkpoint: their own, and with a number behind where two are called alike.</summary>
internal static class CheckpointNames
{
    internal static Dictionary<Parameter, string> Of(IEnumerable<Parameter> parameters)
    {
        var names = new Dictionary<Parameter, string>(ReferenceEqualityComparer.Instance);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (Parameter parameter in parameters)
        {
            string name = parameter.Name;
            for (int number = 1; !taken.Add(name); number++) name = $"{parameter.Name}#{number}";
            names.Add(parameter, name);
        }

        return names;
    }
}
