using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Diagnostics;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Train.Metrics;

namespace Workspaces.Train;

/// <summary>Judges a model on the test samples: passes without gradients, on the average of the weights where there is one.</summary>
internal sealed class Evaluator
{
    private readonly Module _model;
    private readonly LossFunction _loss;
    private readonly WeightAverage? _average;
    private readonly Metric[] _metrics;

    /// <exception cref="ArgumentException">A metric comes twice, or measures what the data does not have.</exception>
    internal Evaluator(Module model, LossFunction loss, DataLoader? test, TrainerOptions options)
    {
        (_model, _loss, Test, _average, _metrics) = (model, loss, test, options.Average, [.. options.Metrics]);
        bool classes = test?.DataSet is not ITargetDataSet;
        foreach (Metric metric in _metrics)
        {
            if (test is null) throw Refused(metric, "there are no test samples", "give the trainer some, or take the metric away");
            if (metric.NeedsClasses != classes)
                throw Refused(metric, classes ? "samples have classes" : "samples are labelled with numbers", classes ? "use one of classes" : "use MAE, MSE or R2");
            if (_metrics.Count(other => other.Name == metric.Name) > 1) throw Refused(metric, "it is there twice", "give each metric once");
        }
    }

    internal DataLoader? Test { get; }

    /// <summary>A whole round over the test samples; null without any. The model is left in evaluation mode.</summary>
    internal Validation? Run(Workspace step, long steps, int epoch, MemoryMeter? meter)
    {
        if (Test is null) return null;
        _model.Eval();
        using WeightAverageScope averages = _average?.SwapIn() ?? default;
        foreach (Metric metric in _metrics) metric.Reset();
        long right = 0, labels = 0;
        double sum = 0;
        foreach ((Tensor x, Tensor y) in Test.Epoch(0))
        {
            (long Right, double Loss) judged = Judge(step, x, y);
            if (labels == 0) meter?.ObserveTrace();
            right += judged.Right;
            sum += judged.Loss * y.Length;
            labels += y.Length;
        }

        if (labels == 0) return null;
        return new Validation(steps, epoch, sum / labels, Test.DataSet is ITargetDataSet ? null : (double)right / labels) { Metrics = Values() };
    }

    /// <summary>What an evaluation pass does.</summary>
    internal (long Right, double Loss) Judge(Tensor x, Tensor y)
    {
        using NoGradScope off = Gradients.Off();
        Tensor output = _model.Forward(x);
        double value;
        using (Tensor mean = _loss(output, y)) value = mean.ItemUnlessTraced<float>();
        foreach (Metric metric in _metrics) metric.Add(output, y);
        if (y.DType.IsFloatingPoint) return (0, value); // numbers as targets: nothing is right or wrong
        Tensor best = output.ArgMax();
        return (best.Equal(y).Sum().ItemUnlessTraced<long>(), value);
    }

    private (long Right, double Loss) Judge(Workspace step, Tensor x, Tensor y)
    {
        using Pass pass = step.Enter(Trainer.Signature((x.DType, x.Shape), training: false));
        return Judge(x, y);
    }

    private Dictionary<string, double>? Values()
    {
        if (_metrics.Length == 0) return null;
        var values = new Dictionary<string, double>(_metrics.Length);
        foreach (Metric metric in _metrics) values.Add(metric.Name, metric.Value);
        return values;
    }

    private static ArgumentException Refused(Metric metric, string numbers, string remedy) =>
        new(WorkspaceException.Compose($"measure {metric.Name}", nameof(Trainer), numbers, remedy), nameof(metric));
}
