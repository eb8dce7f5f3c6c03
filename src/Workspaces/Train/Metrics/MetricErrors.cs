using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Train.Metrics;

/// <summary>What metrics refuse.</summary>
internal static class MetricErrors
{
    internal static void Check(Metric metric, Tensor output, Tensor target)
    {
        DType wanted = metric.NeedsClasses ? DType.I64 : output.DType;
        if (!output.DType.IsFloatingPoint || target.DType != wanted)
            throw new ArgumentException(WorkspaceException.Compose(
                $"measure outputs of type {output.DType.Name} by targets of type {target.DType.Name}", metric.Name,
                metric.NeedsClasses ? "it compares float outputs with int64 classes" : "it compares floats of one type",
                metric.NeedsClasses ? "use MAE, MSE or R2 for numbers" : "use Accuracy, TopK, Perplexity or ConfusionMatrix for classes"), nameof(target));
        Shape said = output.Shape, right = target.Shape;
        bool fits = metric.NeedsClasses ? said.Rank == right.Rank + 1 && said.Length > 0 : said == right;
        for (int axis = 0; fits && axis < right.Rank; axis++) fits = said[axis] == right[axis];
        if (!fits)
            throw new ShapeException(
                $"measure outputs of shape {said} by targets of shape {right}", metric.Name,
                metric.NeedsClasses ? "outputs have one axis more than targets, the last one, over the classes" : "both have the same shape",
                "give the model's outputs and the targets of the same batch");
    }

    internal static ArgumentException Unknown(string name) => new(WorkspaceException.Compose(
        $"measure '{name}'", nameof(MetricNames), "there is no such metric", $"known are {string.Join(", ", MetricNames.Known)}, and TopN for any N from 1"), nameof(name));
}
