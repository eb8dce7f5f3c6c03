using System.Globalization;
using Microsoft.Extensions.Configuration;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

public class StrictBinderTests
{
    [Fact]
    public void Binds_every_kind_of_value()
    {
        var options = StrictBinder.Read<SampleOptions>(Json("""
            { "Title": "t", "Note": null, "Count": 4, "Limit": null, "Big": -9000000000, "Rate": 0.25, "Decay": 1e-3, "Flag": true,
              "Mirror": "Full", "Cap": "64 MiB", "Buffer": 4096, "Shape": [2, 3, 4], "Labels": ["a", ""],
              "Quotas": { "step": "1 KiB" }, "Inner": { "Momentum": 0.5 }, "Optional": { "Code": "xyz" } }
            """));

        Assert.Equal(("t", null, 4, null), (options.Title, options.Note, options.Count, options.Limit));
        Assert.Equal((-9000000000, 0.25f, 1e-3, true), (options.Big, options.Rate, options.Decay, options.Flag));
        Assert.Equal(MirroringPolicy.Enabled, options.Mirror);
        Assert.Equal((64L << 20, 4096L), (options.Cap, options.Buffer.Bytes));
        Assert.Equal([2, 3, 4], options.Shape);
        Assert.Equal(["a", ""], options.Labels);
        Assert.Equal(1024, options.Quotas["step"]);
        Assert.Equal((0.5, "ab"), (options.Inner.Momentum, options.Inner.Code));
        Assert.Equal("xyz", options.Optional?.Code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "Inner": {}, "Optional": null }""")]
    [InlineData("""{ "Inner": null }""")]
    public void What_is_not_written_keeps_its_default(string json)
    {
        var options = StrictBinder.Read<SampleOptions>(Json(json));

        Assert.Equal(("none", "note", 3, 7), (options.Title, options.Note, options.Count, options.Limit));
        Assert.Equal([1], options.Shape);
        Assert.Equal(0.9, options.Inner.Momentum);
        Assert.Null(options.Optional);
    }

    [Fact]
    public void A_section_that_is_not_there_gives_the_defaults() =>
        Assert.Equal(3, StrictBinder.Read<SampleOptions>(new ConfigurationBuilder().Build().GetSection("Nowhere")).Count);

    [Fact]
    public void An_empty_list_is_a_value() =>
        Assert.Empty(StrictBinder.Read<SampleOptions>(Json("""{ "Shape": [] }""")).Shape);

    [Fact]
    public void Keys_compare_without_case() =>
        Assert.Equal(5, StrictBinder.Read<SampleOptions>(Json("""{ "cOUNT": 5 }""")).Count);

    [Theory]
    [InlineData("""{ "Count": "many" }""", "O:Count", "whole number")]
    [InlineData("""{ "Count": 1.5 }""", "O:Count", "whole number")]
    [InlineData("""{ "Count": 3000000000 }""", "O:Count", "whole number")]
    [InlineData("""{ "Count": "" }""", "O:Count", "whole number")]
    [InlineData("""{ "Count": null }""", "O:Count", "a value is needed")]
    [InlineData("""{ "Count": [1] }""", "O:Count", "one value")]
    [InlineData("""{ "Count": { "a": 1 } }""", "O:Count", "one value")]
    [InlineData("""{ "Count": 0 }""", "O:Count", "between 1 and 10")]
    [InlineData("""{ "Count": 11 }""", "O:Count", "from 1 to 10")]
    [InlineData("""{ "Title": null }""", "O:Title", "a value is needed")]
    [InlineData("""{ "Big": 9223372036854775808 }""", "O:Big", "whole number")]
    [InlineData("""{ "Rate": "NaN" }""", "O:Rate", "finite")]
    [InlineData("""{ "Rate": 1e39 }""", "O:Rate", "finite")]
    [InlineData("""{ "Rate": "0,5" }""", "O:Rate", "finite")]
    [InlineData("""{ "Decay": "Infinity" }""", "O:Decay", "finite")]
    [InlineData("""{ "Decay": 1e999 }""", "O:Decay", "finite")]
    [InlineData("""{ "Flag": 1 }""", "O:Flag", "true, false")]
    [InlineData("""{ "Flag": "yes" }""", "O:Flag", "true, false")]
    [InlineData("""{ "Mirror": "Ful" }""", "O:Mirror", "Disabled, HostOnly, Enabled (alias Full)")]
    [InlineData("""{ "Mirror": 1 }""", "O:Mirror", "Disabled, HostOnly")]
    [InlineData("""{ "Cap": "64 furlongs" }""", "O:Cap", "no unit")]
    [InlineData("""{ "Cap": -1 }""", "O:Cap", "negative")]
    [InlineData("""{ "Buffer": "x" }""", "O:Buffer", "digit")]
    [InlineData("""{ "Shape": 5 }""", "O:Shape", "a list is needed")]
    [InlineData("""{ "Shape": [1, "x"] }""", "O:Shape:1", "whole number")]
    [InlineData("""{ "Shape": [1, null] }""", "O:Shape:1", "one value")]
    [InlineData("""{ "Shape": [1, [2]] }""", "O:Shape:1", "one value")]
    [InlineData("""{ "Shape": { "0": 1, "2": 3 } }""", "O:Shape:2", "number 1")]
    [InlineData("""{ "Shape": { "a": 1 } }""", "O:Shape:a", "number 0")]
    [InlineData("""{ "Quotas": 5 }""", "O:Quotas", "names")]
    [InlineData("""{ "Quotas": { "step": "x" } }""", "O:Quotas:step", "digit")]
    [InlineData("""{ "Quotas": { "step": { "a": 1 } } }""", "O:Quotas:step", "one value")]
    [InlineData("""{ "Inner": 5 }""", "O:Inner", "section")]
    [InlineData("""{ "Inner": { "Momentum": 2 } }""", "O:Inner:Momentum", "from 0 to 1")]
    [InlineData("""{ "Inner": { "Code": "a" } }""", "O:Inner:Code", "minimum length")]
    [InlineData("""{ "Inner": { "Momentun": 1 } }""", "O:Inner:Momentun", "Did you mean Momentum?")]
    [InlineData("""{ "Optional": { "Momentum": -1 } }""", "O:Optional:Momentum", "from 0 to 1")]
    [InlineData("""{ "Coutn": 1 }""", "O:Coutn", "Did you mean Count?")]
    [InlineData("""{ "Whatever": 1 }""", "O:Whatever", "Known are Title, Note")]
    [InlineData("""{ "Computed": 1 }""", "O:Computed", "no such key")]
    [InlineData("""{ "Rate": 3 }""", "O:Rate", "at most 1 above Decay")]
    public void A_wrong_value_is_one_problem_with_its_full_path(string json, string path, string text)
    {
        var error = Assert.Throws<ConfigurationException>(() => StrictBinder.Read<SampleOptions>(Json(json)));

        Assert.Equal(path, Assert.Single(error.Problems).Path);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_problems_are_found_at_once_over_several_sections()
    {
        var binder = new StrictBinder();
        binder.Bind<SampleOptions>(Json("""{ "Count": "x", "Flag": 2, "Inner": { "Momentum": 9 }, "Typo": 1 }"""));
        binder.Bind<InnerOptions>(Json("""{ "Code": "a" }"""));

        var error = Assert.Throws<ConfigurationException>(binder.ThrowIfInvalid);

        Assert.Equal(
            ["O:Count", "O:Flag", "O:Typo", "O:Inner:Momentum", "O:Code"],
            error.Problems.Select(problem => problem.Path));
        Assert.StartsWith("The configuration has 5 problems:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_somebody_else_are_left_alone()
    {
        var binder = new StrictBinder();
        var options = binder.Bind<InnerOptions>(Json("""{ "type": "X", "Code": "ok" }"""), "Type");

        Assert.Empty(binder.Problems);
        Assert.Equal("ok", options.Code);
    }

    [Fact]
    public void A_text_where_a_section_is_needed_is_refused() =>
        Assert.Throws<ConfigurationException>(() => StrictBinder.Read<InnerOptions>(
            new ConfigurationBuilder().AddInMemoryCollection([new("O", "text")]).Build().GetSection("O")));

    [Fact]
    public void An_endless_wrong_text_is_shortened_in_the_message()
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection([new("O:Code", "ok"), new("O:Momentum", new string('x', 100_000))]).Build().GetSection("O");

        Assert.True(Assert.Throws<ConfigurationException>(() => StrictBinder.Read<InnerOptions>(section)).Message.Length < 1_000);
    }

    [Fact]
    public void Numbers_are_read_alike_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
        CultureInfo.CurrentCulture = german;
        try
        {
            Assert.Equal(0.25f, StrictBinder.Read<SampleOptions>(Json("""{ "Rate": 0.25 }""")).Rate);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_type_that_cannot_be_bound_is_named_whatever_is_written()
    {
        var error = Assert.Throws<NotSupportedException>(() => StrictBinder.Read<ListOfOptions>(Json("{}")));

        Assert.Contains("ListOfOptions.Layers", error.Message, StringComparison.Ordinal);
        Assert.Contains("ComponentRegistry", error.Message, StringComparison.Ordinal);
    }

    private sealed class ListOfOptions
    {
        public InnerOptions[] Layers { get; set; } = [];
    }

    private static IConfigurationSection Json(string json) => TestJson.Section("O", json);
}
