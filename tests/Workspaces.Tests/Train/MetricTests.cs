using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;
using Workspaces.Train.Metrics;

namespace Workspaces.Tests.Train;

/// <summary>Metrics against numbers worked out by hand.</summary>
[Collection(nameof(AloneCollection))]
public sealed class MetricTests
{
    private static readonly float[] Logits = [1, 3, 2, 0, 0, 5, 2, 2, -1, float.NaN, 9, 9];

    [Theory]
    [InlineData("Accuracy", 0.5)]
    [InlineData("Top1", 0.5)]
    [InlineData("top2", 0.75)]
    [InlineData("Top9", 1)]
    [InlineData("ConfusionMatrix", 0.5)] // recall of class 0 is 1/2, of 1 is 0, of 2 is 1
    public void Classes_are_counted(string name, double value)
    {
        using Workspace workspace = WorkspaceManager.Default.Lease(new());
        using Pass pass = workspace.Enter();
        Metric metric = MetricNames.Create(name);
        Assert.True(double.IsNaN(metric.Value));
        metric.Add(Tensor.From<float>(Logits[..9], new Shape(3, 3)), Tensor.From<long>([0, 2, 1]));
        metric.Add(Tensor.From<float>(Logits[9..], new Shape(1, 3)), Tensor.From<long>([0]));
        metric.Add(Tensor.From<float>([1, 2, 3], new Shape(1, 3)), Tensor.From<long>([-100])); // an ignored class
        Assert.Equal(value, metric.Value, 12);
        metric.Reset();
        Assert.True(double.IsNaN(metric.Value));
    }

    [Fact]
    public void Perplexity_of_equal_chances_is_their_number_also_of_sequences_and_large_logits()
    {
        using Workspace workspace = WorkspaceManager.Default.Lease(new());
        using Pass pass = workspace.Enter();
        var perplexity = new Perplexity();
        perplexity.Add(Tensor.Full(new Shape(2, 5, 7), 1e4), Tensor.Zeros(new Shape(2, 5), DType.I64));
        Assert.Equal(7, perplexity.Value, 9);
    }

    [Fact]
    public void Errors_of_numbers_are_means_over_all()
    {
        using Workspace workspace = WorkspaceManager.Default.Lease(new());
        using Pass pass = workspace.Enter();
        Metric[] metrics = [MetricNames.Create("mae"), MetricNames.Create("MSE"), MetricNames.Create("R2")];
        foreach (Metric metric in metrics)
        {
            metric.Add(Tensor.From<double>([1, 2], new Shape(2, 1)), Tensor.From<double>([1, 4], new Shape(2, 1)));
            metric.Add(Tensor.From<double>([8], new Shape(1, 1)), Tensor.From<double>([7], new Shape(1, 1)));
        }

        Assert.Equal(1, metrics[0].Value, 12);
        Assert.Equal(5 / 3.0, metrics[1].Value, 12);
        Assert.Equal(1 - (5.0 / 18), metrics[2].Value, 12); // mean 4, spread 9 + 0 + 9
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_the_shapes()
    {
        using Workspace workspace = WorkspaceManager.Default.Lease(new());
        using Pass pass = workspace.Enter();
        Tensor logits = Tensor.Ones(new Shape(2, 3)), classes = Tensor.Zeros(new Shape(2), DType.I64);
        Assert.Contains("[2, 3]", Assert.Throws<ShapeException>(() => new Accuracy().Add(logits, Tensor.Zeros(new Shape(3), DType.I64))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new R2().Add(logits, classes));
        Assert.Throws<ArgumentException>(() => new Accuracy().Add(logits, logits));
        Assert.Throws<ShapeException>(() => new MeanSquaredError().Add(logits, Tensor.Ones(new Shape(3, 2))));
        Assert.Contains("known are Accuracy", Assert.Throws<ArgumentException>(() => MetricNames.Create("Acuracy")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MetricNames.Create("Top0"));
    }

    [Fact]
    public void A_confusion_matrix_counts_each_pair()
    {
        using Workspace workspace = WorkspaceManager.Default.Lease(new());
        using Pass pass = workspace.Enter();
        var matrix = new ConfusionMatrix();
        matrix.Add(Tensor.From<float>([0, 1, 1, 0, 1, 0], new Shape(3, 2)), Tensor.From<long>([0, 0, 1]));
        Assert.Equal((1, 1, 1, 0), (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]));
        Assert.Equal(0.25, matrix.Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[2, 0]);
    }

    [Fact]
    public void Adding_is_planned_and_makes_no_garbage()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "metrics" });
        Metric[] metrics = [new Accuracy(), new TopK(2), new Perplexity(), new ConfusionMatrix()];
        Tensor classes = Tensor.Zeros(new Shape(4), DType.I64);
        for (int i = 0; i < 20; i++) Round();
        Garbage.AssertNone(100, Round);
        Assert.Equal((WorkspaceState.Planned, 0L), (workspace.State, workspace.Deviations));

        void Round()
        {
            using Pass pass = workspace.Enter();
            Tensor logits = Tensor.Ones(new Shape(4, 3));
            foreach (Metric metric in metrics) metric.Add(logits, classes);
        }
    }
}
