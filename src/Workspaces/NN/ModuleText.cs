using System.Globalization;
using System.Text;

namespace Workspaces.NN;

/// <summary>
/// Prints a model:
/// <code>
/// Sequential: 101,770 parameters
///   0 Linear(784 → 128): 100,480
///   1 ReLU
///   2 Linear(128 → 10): 1,290
/// </code>
/// </summary>
internal static class ModuleText
{
    internal static string Of(Module module)
    {
        var text = new StringBuilder();
        Line(text, module, name: "", depth: 0);
        return text.ToString();
    }

    private static void Line(StringBuilder text, Module module, string name, int depth)
    {
        text.Append(' ', 2 * depth).Append(name).Append(name.Length == 0 ? "" : " ").Append(module.Describe());
        long count = module.ParameterCount;
        if (count > 0 || depth == 0) text.Append(CultureInfo.InvariantCulture, $": {count:N0}{(depth == 0 ? " parameters" : "")}");
        foreach ((string childName, Module child) in module.NamedChildren)
        {
            text.Append('\n');
            Line(text, child, childName, depth + 1);
        }
    }
}
