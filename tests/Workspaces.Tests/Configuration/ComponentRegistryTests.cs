using System.ComponentModel.DataAnnotations;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

public class ComponentRegistryTests
{
    private readonly List<string> _disposed = [];
    private readonly ComponentRegistry<object> _layers;

    public ComponentRegistryTests() => _layers = new ComponentRegistry<object>("layer")
        .Register<LinearOptions>("Linear", (options, at) => $"{at.Path}#{at.Index}: {options.InFeatures}x{options.OutFeatures}")
        .Register<EmptyOptions>("ReLU", (_, context) => new Tracked($"{context.Index}", _disposed))
        .Register<EmptyOptions>("Refusing", (_, _) => throw new ArgumentException("2 is not 3."));

    [Fact]
    public void A_list_is_created_in_its_order_from_types_and_options()
    {
        var layers = _layers.CreateAll(List("""
            [ { "Type": "Linear", "InFeatures": 784, "OutFeatures": 512 }, { "Type": "relu" }, { "Type": "Linear", "InFeatures": 5 } ]
            """));

        Assert.Equal("Model:Layers:0#0: 784x512", layers[0]);
        Assert.IsType<Tracked>(layers[1]);
        Assert.Equal("Model:Layers:2#2: 5x1", layers[2]);
    }

    [Fact]
    public void More_than_ten_elements_keep_their_order()
    {
        var json = string.Join(", ", Enumerable.Range(1, 12).Select(i => $$"""{ "Type": "Linear", "InFeatures": {{i}} }"""));

        Assert.Equal(
            Enumerable.Range(0, 12).Select(i => $"Model:Layers:{i}#{i}: {i + 1}x1"),
            _layers.CreateAll(List($"[ {json} ]")));
    }

    [Fact]
    public void A_single_section_is_created() =>
        Assert.Equal("Loss#0: 1x2", _layers.Create(TestJson.Section("Loss", """{ "Type": "Linear", "OutFeatures": 2 }""")));

    [Fact]
    public void All_problems_of_a_list_are_found_before_anything_is_created()
    {
        var error = Assert.Throws<ConfigurationException>(() => _layers.CreateAll(List("""
            [ { "Type": "ReLU" }, { "Type": "Linaer" }, { "InFeatures": 3 },
              { "Type": "Linear", "InFeatures": 0, "Outfeature": 1 }, "ReLU" ]
            """)));

        Assert.Equal(
            [
                "Model:Layers:1:Type", "Model:Layers:2:Type", "Model:Layers:3:Outfeature",
                "Model:Layers:3:InFeatures", "Model:Layers:4:Type",
            ],
            error.Problems.Select(problem => problem.Path));
        Assert.Contains("Did you mean Linear? Known are Linear, Refusing, ReLU", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean OutFeatures?", error.Message, StringComparison.Ordinal);
        Assert.Empty(_disposed);
    }

    [Fact]
    public void A_refusal_of_the_factory_names_the_place_and_what_was_made_is_disposed()
    {
        var error = Assert.Throws<ConfigurationException>(() => _layers.CreateAll(List("""
            [ { "Type": "ReLU" }, { "Type": "ReLU" }, { "Type": "Refusing" } ]
            """)));

        Assert.Equal("Model:Layers:2", Assert.Single(error.Problems).Path);
        Assert.Contains("2 is not 3", error.Message, StringComparison.Ordinal);
        Assert.IsType<ArgumentException>(error.InnerException);
        Assert.Equal(["1", "0"], _disposed);
    }

    [Fact]
    public void An_absent_or_empty_list_is_empty_and_a_text_or_an_object_is_none()
    {
        Assert.Empty(_layers.CreateAll(TestJson.Root("{}").GetSection("Model:Layers")));
        Assert.Empty(_layers.CreateAll(List("[]")));
        Assert.Throws<ConfigurationException>(() => _layers.CreateAll(List("\"Linear\"")));
        Assert.Throws<ConfigurationException>(() => _layers.CreateAll(List("""{ "Type": "ReLU" }""")));
    }

    [Fact]
    public void A_name_is_registered_once_in_any_case()
    {
        Assert.Throws<ArgumentException>(() => _layers.Register<EmptyOptions>("LINEAR", (_, _) => ""));
        Assert.Throws<ArgumentException>(() => _layers.Register<EmptyOptions>(" ", (_, _) => ""));
        Assert.Equal(["Linear", "Refusing", "ReLU"], _layers.Names);
    }

    private static Microsoft.Extensions.Configuration.IConfigurationSection List(string json) =>
        TestJson.Section("Model", $$"""{ "Layers": {{json}} }""").GetSection("Layers");

    private sealed class LinearOptions
    {
        [Range(1, int.MaxValue)]
        public int InFeatures { get; set; } = 1;

        [Range(1, int.MaxValue)]
        public int OutFeatures { get; set; } = 1;
    }

    private sealed class EmptyOptions;

    private sealed class Tracked(string name, List<string> disposed) : IDisposable
    {
        public void Dispose() => disposed.Add(name);
    }
}
