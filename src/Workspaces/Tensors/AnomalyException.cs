using System.Globalization;
using System.Text;
using Workspaces.Memory;

namespace Workspaces.Tensors;

/// <summary>An op made NaN or infinity while they were looked for; see <c>Anomalies.Detect</c>.</summary>
public sealed class AnomalyException : WorkspaceException
{
    private AnomalyException(string op, bool isBackward, string asked, string by, string numbers, string remedy)
        : base(asked, by, numbers, remedy)
    {
        Op = op;
        IsBackward = isBackward;
    }

    /// <summary>Name of the op whose output holds it first.</summary>
    public string Op { get; }

    /// <summary>True when it appeared in the backward half of an op.</summary>
    public bool IsBackward { get; }

    /// <summary>An output of an op holds an anomaly.</summary>
    internal static AnomalyException InOutput(string op, Tensor output, long first, ReadOnlySpan<Tensor> inputs, int checks)
    {
        var text = new StringBuilder();
        text.Append("its output ").Append(Name(output)).Append(CultureInfo.InvariantCulture, $" is {Kind(output, first)} at {Position(output.Shape, first)}");
        for (int i = 0; i < inputs.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $", input {i} is ").Append(Name(inputs[i]));
            if (ValueChecks.First(inputs[i], checks) is >= 0 and long given)
                text.Append(CultureInfo.InvariantCulture, $" and holds {Kind(inputs[i], given)} at {Position(inputs[i].Shape, given)} itself");
        }

        return new AnomalyException(
            op, isBackward: false, $"go on after {op}", "anomaly detection", text.ToString(), "look at the inputs of that op: their range, a division, a logarithm or a root");
    }

    /// <summary>The same, in the backward half of a recorded op.</summary>
    internal static AnomalyException InBackward(AnomalyException error, string recorded) => new(
        error.Op, isBackward: true, $"go on after {error.Op} in the backward half of {recorded}", error.By, error.Numbers,
        "look at the inputs of that op in the forward computation: a root or logarithm at 0 has an infinite slope");

    private static string Name(Tensor tensor) => (tensor.Name is { } name ? $"'{name}' " : "") + tensor.DType.Name + tensor.Shape;

    private static string Kind(Tensor tensor, long number)
    {
        TensorHeader header = tensor.HeaderOrNull!;
        LayoutOffsets offsets = header.Layout.Offsets;
        for (long i = 0; i <= number; i++) offsets.MoveNext();
        int place = (int)(offsets.Current - header.Layout.Offset);
        double value = header.DType == DType.F32 ? TensorMemory.Span<float>(header)[place] : TensorMemory.Span<double>(header)[place];
        return double.IsNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
    }

    private static string Position(in Shape shape, long number)
    {
        var text = new string[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            text[axis] = (number % shape[axis]).ToString(CultureInfo.InvariantCulture);
            number /= shape[axis];
        }

        return $"[{string.Join(", ", text)}]";
    }
}
