using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>The page of the configuration shows every key in a block; that the blocks are read is tested by <see cref="JsonBlockTests"/>.</summary>
public sealed class ConfigurationExampleTests
{
    private static readonly HashSet<string> Shown =
    [
        .. Pages.Blocks.Where(static block => block is { Page: "docs/configuration.md", Language: "json" }).SelectMany(static block => Keys(JsonNode.Parse(block.Text)!)),
    ];

    public static TheoryData<string> Missing => [.. All(typeof(WorkspaceConfiguration)).Where(static key => key != "Name"), .. All(typeof(WorkspaceManagerConfiguration)),
        .. All(typeof(TrainingOptions)), .. All(typeof(DataOptions)), .. All(typeof(EarlyStoppingOptions)), "Quotas"];

    [Theory]
    [MemberData(nameof(Missing), DisableDiscoveryEnumeration = true)]
    public void Every_key_stands_in_a_block(string key) => Assert.Contains(key, Shown);

    private static IEnumerable<string> All(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static key => key.SetMethod is not null).Select(static key => key.Name);

    private static IEnumerable<string> Keys(JsonNode node) => node.GetValueKind() == JsonValueKind.Object
        ? node.AsObject().SelectMany(static pair => pair.Value is null ? [pair.Key] : Keys(pair.Value).Prepend(pair.Key))
        : [];
}
