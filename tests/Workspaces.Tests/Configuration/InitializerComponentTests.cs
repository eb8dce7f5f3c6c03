using Workspaces.Hosting.Composition;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tests.Ops;

namespace Workspaces.Tests.Configuration;

/// <summary>How layers of a run file draw their first values.</summary>
public sealed class InitializerComponentTests
{
    private readonly Components _components = new();

    [Theory]
    [InlineData("""{ "Type": "Linear", "InFeatures": 4, "OutFeatures": 3, KEYS }""", "weight", "bias")]
    [InlineData("""{ "Type": "Conv1d", "InChannels": 2, "OutChannels": 3, "KernelSize": 2, KEYS }""", "weight", "bias")]
    [InlineData("""{ "Type": "Conv2d", "InChannels": 2, "OutChannels": 3, "KernelSize": 2, KEYS }""", "weight", "bias")]
    [InlineData("""{ "Type": "ConvTranspose1d", "InChannels": 2, "OutChannels": 3, "KernelSize": 2, KEYS }""", "weight", "bias")]
    [InlineData("""{ "Type": "ConvTranspose2d", "InChannels": 2, "OutChannels": 3, "KernelSize": 2, KEYS }""", "weight", "bias")]
    [InlineData("""{ "Type": "LSTM", "InputSize": 2, "HiddenSize": 3, KEYS }""", "weight_ih_l0 weight_hh_l0", "bias_ih_l0 bias_hh_l0")]
    [InlineData("""{ "Type": "GRU", "InputSize": 2, "HiddenSize": 3, KEYS }""", "weight_ih_l0 weight_hh_l0", "bias_ih_l0 bias_hh_l0")]
    [InlineData("""{ "Type": "RNN", "InputSize": 2, "HiddenSize": 3, KEYS }""", "weight_ih_l0 weight_hh_l0", "bias_ih_l0 bias_hh_l0")]
    public void Weights_and_biases_are_drawn_as_written(string json, string weights, string biases)
    {
        using Module layer = Make(json.Replace(
            "KEYS", """ "Initializer": { "Type": "Constant", "Value": 0.5 }, "BiasInitializer": { "Type": "Zeros" } """, StringComparison.Ordinal));
        layer.Initialize(3); // as a run does
        AssertAll(layer, weights, 0.5);
        AssertAll(layer, biases, 0);
    }

    [Theory]
    [InlineData("""{ "Type": "Embedding", "Count": 3, "Width": 2, "Initializer": { "Type": "Uniform", "Lower": 0.25, "Upper": 0.25 } }""")]
    [InlineData("""{ "Type": "PositionalEmbedding", "Length": 3, "Width": 2, "Initializer": { "Type": "Normal", "Mean": 0.25, "StandardDeviation": 0 } }""")]
    public void Tables_are_drawn_as_written(string json)
    {
        using Module layer = Make(json);
        AssertAll(layer, "weight", 0.25);
    }

    [Fact]
    public void Orthogonal_recurrences_keep_lengths()
    {
        using Module layer = Make("""{ "Type": "RNN", "InputSize": 2, "HiddenSize": 3, "HiddenInitializer": { "Type": "Orthogonal", "Gain": 2 } }""");
        double[] u = OpRun.Numbers(layer.Parameters[1].Value);
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
                Assert.Equal(i == j ? 4 : 0, Enumerable.Range(0, 3).Sum(k => u[(i * 3) + k] * u[(j * 3) + k]), 1e-5);
        }
    }

    [Theory]
    [InlineData("KaimingNormal")]
    [InlineData("KaimingUniform")]
    [InlineData("XavierNormal")]
    [InlineData("XavierUniform")]
    [InlineData("Orthogonal")]
    public void A_gain_of_0_gives_weights_of_0(string type)
    {
        using Module layer = Make($$"""{ "Type": "Linear", "InFeatures": 4, "OutFeatures": 3, "Initializer": { "Type": "{{type}}", "Gain": 0 } }""");
        AssertAll(layer, "weight", 0);
    }

    [Theory]
    [InlineData("""{ "Type": "Linear", "InFeatures": 4, "OutFeatures": 3, "Initializer": { "Gain": 1 } }""", "Layer:Initializer:Type", "Type")]
    [InlineData("""{ "Type": "Linear", "InFeatures": 4, "OutFeatures": 3, "Initializer": { "Type": "Ortogonal" } }""", "Layer:Initializer:Type", "Orthogonal")]
    [InlineData("""{ "Type": "Linear", "InFeatures": 4, "OutFeatures": 3, "Initializer": { "Type": "Zeros", "Gain": 1 } }""", "Layer:Initializer:Gain", "Zeros has no keys")]
    [InlineData("""{ "Type": "Linear", "InFeatures": 4, "OutFeatures": 3, "Initializer": { "Type": "Normal", "Std": 1 } }""", "Layer:Initializer:Std", "StandardDeviation")]
    [InlineData("""{ "Type": "Linear", "InFeatures": 4, "OutFeatures": 3, "Initializer": { "Type": "Uniform", "Lower": 1, "Upper": 0 } }""", "Layer", "Linear")]
    [InlineData("""{ "Type": "Linear", "InFeatures": 4, "OutFeatures": 3, "BiasInitializer": { "Type": "Orthogonal" } }""", "Layer", "Use Uniform, Normal or Constant for biases")]
    [InlineData("""{ "Type": "ReLU", "Initializer": { "Type": "Zeros" } }""", "Layer:Initializer", "Initializer")]
    [InlineData("""{ "Type": "Linear", "InFeatures": 1099511627776, "OutFeatures": 1099511627776 }""", "Layer", "Linear")]
    [InlineData("""{ "Type": "Embedding", "Count": 1099511627776, "Width": 4096 }""", "Layer", "Embedding")]
    public void Mistakes_name_the_layer_and_the_path(string json, string path, string part)
    {
        var error = Assert.Throws<ConfigurationException>(() => Make(json));
        Assert.Equal(path, Assert.Single(error.Problems).Path);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private Module Make(string json) => _components.Layers.Create(TestJson.Section("Layer", json));

    private static void AssertAll(Module layer, string names, double value)
    {
        foreach (string name in names.Split(' '))
            Assert.All(OpRun.Numbers(layer.Parameters.Single(parameter => parameter.Name == name).Value), element => Assert.Equal(value, element));
    }
}
