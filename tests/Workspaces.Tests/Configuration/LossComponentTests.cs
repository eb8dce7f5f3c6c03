using Microsoft.Extensions.Configuration;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Configuration;

/// <summary>Activations and losses by their names in a run file.</summary>
public class LossComponentTests
{
    private readonly Components _components = new();

    private static IConfigurationSection Loss(string json) => TestJson.Section("Loss", json);

    [Theory]
    [InlineData("""{ "Type": "GELU", "Approximation": "Tanh" }""", "GELU(Tanh)")]
    [InlineData("""{ "Type": "SiLU" }""", "SiLU")]
    [InlineData("""{ "Type": "ELU", "Alpha": 0.5 }""", "ELU(alpha 0.5)")]
    [InlineData("""{ "Type": "LeakyReLU", "Slope": 0.2 }""", "LeakyReLU(0.2)")]
    [InlineData("""{ "Type": "Softplus", "Beta": 2 }""", "Softplus(beta 2, threshold 20)")]
    [InlineData("""{ "Type": "HardTanh", "Low": -2, "High": 3 }""", "HardTanh(-2 to 3)")]
    [InlineData("""{ "Type": "ReLU6" }""", "ReLU6")]
    [InlineData("""{ "Type": "Softmax", "Axis": 1 }""", "Softmax(axis 1)")]
    public void Activations_are_made_with_their_options(string json, string expected)
    {
        using Module module = _components.Layers.Create(TestJson.Section("Layer", json));
        Assert.Contains(expected, module.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_are_those_of_the_ops()
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor x = Tensor.From<float>([1, 2, 0, -1, 0.5f, 2], new Shape(2, 3)), labels = Tensor.From<long>([0, 2]), t = Tensor.Full([2, 3], 0.25);
        void Same(Tensor expected, string json, Tensor target) => Assert.Equal(expected.Item(), _components.Losses.Create(Loss(json))(x, target).Item());

        Same(x.CrossEntropy(labels), """{ "Type": "CrossEntropy" }""", labels);
        Same(x.CrossEntropy(labels, Tensor.From<float>([1, 2, 3]), 0.1), """{ "Type": "CrossEntropy", "Weights": [1, 2, 3], "LabelSmoothing": 0.1 }""", labels);
        Same(x.CrossEntropy(labels, null, ignoreIndex: 2), """{ "Type": "CrossEntropy", "IgnoreIndex": 2 }""", labels);
        Same(x.NllLoss(labels, reduction: LossReduction.Sum), """{ "Type": "NLL", "Reduction": "Sum" }""", labels);
        Same(x.MeanSquaredError(t), """{ "Type": "MSE" }""", t);
        Same(x.AbsoluteError(t), """{ "Type": "L1" }""", t);
        Same(x.Huber(t, 0.5), """{ "Type": "Huber", "Delta": 0.5 }""", t);
        Same(x.SmoothL1(t, 0.5), """{ "Type": "SmoothL1", "Beta": 0.5 }""", t);
        Same(x.BinaryCrossEntropy(t, positiveWeight: Tensor.From<float>([1, 2, 3])), """{ "Type": "BCEWithLogits", "PositiveWeights": [1, 2, 3] }""", t);
        Same(x.KlDivergence(t), """{ "Type": "KLDiv" }""", t);
    }

    [Theory]
    [InlineData("""{ "Type": "CrossEntropy", "LabelSmoothing": 1.5 }""", "Loss:LabelSmoothing")]
    [InlineData("""{ "Type": "CrossEntropy", "Reduction": "None" }""", "Loss:Reduction")]
    [InlineData("""{ "Type": "CrossEntropy", "Smoothing": 0.1 }""", "Loss:Smoothing")]
    [InlineData("""{ "Type": "CrossEntropy", "Weights": [1, -2] }""", "Loss")]
    [InlineData("""{ "Type": "Huber", "Delta": 0 }""", "Loss")]
    [InlineData("""{ "Type": "MSE", "Reduction": "None" }""", "Loss:Reduction")]
    public void Wrong_options_name_their_path(string json, string path)
    {
        var error = Assert.Throws<ConfigurationException>(() => _components.Losses.Create(Loss(json)));
        Assert.Equal(path, Assert.Single(error.Problems).Path);
    }
}
