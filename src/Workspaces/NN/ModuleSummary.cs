using System.Globalization;
using System.Text;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The layers of a model for one shape of input: outputs, parameters and bytes. <see cref="ToString"/> is the table.</summary>
public sealed class ModuleSummary
{
    private const int Columns = 6;
    private static readonly string[] Heads = ["layer", "kind", "output", "parameters", "bytes", "kept B"];

    internal ModuleSummary(Shape inputShape, DType inputType, IReadOnlyList<LayerSummary> layers)
    {
        InputShape = inputShape;
        InputType = inputType;
        Layers = layers;
        foreach (LayerSummary layer in layers)
        {
            Parameters += layer.Parameters;
            ParameterBytes += layer.ParameterBytes;
            ActivationBytes += layer.ActivationBytes;
        }
    }

    /// <summary>Shape of the input.</summary>
    public Shape InputShape { get; }

    /// <summary>Type of the input.</summary>
    public DType InputType { get; }

    /// <summary>The innermost layers in the order in which they run, each as often as it runs.</summary>
    public IReadOnlyList<LayerSummary> Layers { get; }

    /// <summary>Learned elements of all layers.</summary>
    public long Parameters { get; }

    /// <summary>Their bytes.</summary>
    public long ParameterBytes { get; }

    /// <summary>Bytes kept when the forward computation has ended: outputs and what the backward halves need; not the input.</summary>
    public long ActivationBytes { get; }

    /// <summary>
    /// The table, a line a layer, numbers right-aligned, with a line for the sums. The type of an element is written where it changes; the last column is
    /// <see cref="ActivationBytes"/>.
    /// </summary>
    /// <returns>The text, without a line break at its end.</returns>
    public override string ToString()
    {
        List<string[]> lines = [Heads, ["input", InputType.Name, InputShape.ToString(), "", "", ""]];
        DType last = InputType;
        foreach (LayerSummary layer in Layers)
        {
            string output = layer.OutputType == last ? layer.OutputShape.ToString() : $"{layer.OutputShape} {layer.OutputType.Name}";
            last = layer.OutputType;
            lines.Add([layer.Name, layer.Kind, output, Text(layer.Parameters), Text(layer.ParameterBytes), Text(layer.ActivationBytes)]);
        }

        lines.Add(["total", "", "", Text(Parameters), Text(ParameterBytes), Text(ActivationBytes)]);
        int[] widths = [.. Enumerable.Range(0, Columns).Select(column => lines.Max(line => line[column].Length))];
        return string.Join('\n', lines.Select(line => Aligned(line, widths)));
    }

    private static string Aligned(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = 0; i < Columns; i++)
        {
            if (i > 0) line.Append("  ");
            line.Append(i < 3 ? cells[i].PadRight(widths[i]) : cells[i].PadLeft(widths[i]));
        }

        return line.ToString().TrimEnd();
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
