using System.Text;
using Microsoft.Extensions.Configuration;

namespace Workspaces.Tests.Configuration;

/// <summary>Configuration from a text.</summary>
internal static class TestJson
{
    internal static IConfigurationRoot Root(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    internal static IConfigurationSection Section(string name, string json) => Root($$"""{ "{{name}}": {{json}} }""").GetSection(name);
}
