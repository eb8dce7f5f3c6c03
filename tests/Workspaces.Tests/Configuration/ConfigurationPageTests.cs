using System.Globalization;
using System.Reflection;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Top;
using Workspaces.Memory;
using Workspaces.Memory.Configuration;

namespace Workspaces.Tests.Configuration;

/// <summary>The page about configuration says what the types say.</summary>
public class ConfigurationPageTests
{
    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Page()).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])
            .Where(cells => cells.Length > 2), // rows of two are layers and losses with their keys
    ];

    public static TheoryData<string, string> Keys()
    {
        var data = new TheoryData<string, string>();
        foreach (var key in Writable(typeof(WorkspaceConfiguration)).Where(key => key.Name != "Name"))
            data.Add(key.Name, Default(key, new WorkspaceConfiguration()));
        foreach (var key in Writable(typeof(TrainingOptions))) data.Add($"Training:{key.Name}", Default(key, new TrainingOptions()));
        foreach (var key in Writable(typeof(TopOptions))) data.Add($"WorkspaceTop:{key.Name}", Default(key, new TopOptions()));
        foreach (var key in Writable(typeof(DataOptions)).Where(key => key.Name != "Type"))
            data.Add($"Data:{key.Name}", Default(key, new DataOptions()));
        return data;
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_key_is_on_the_page_with_its_default(string key, string value)
    {
        var row = Rows.First(cells => cells[0] == $"`{key}`");

        Assert.Equal(value, row[2]);
    }

    [Fact]
    public void Every_key_on_the_page_exists()
    {
        var known = Writable(typeof(WorkspaceConfiguration)).Concat(Writable(typeof(WorkspaceManagerConfiguration))).Select(key => key.Name)
            .Concat(Writable(typeof(TrainingOptions)).Select(key => $"Training:{key.Name}"))
            .Concat(Writable(typeof(DataOptions)).Select(key => $"Data:{key.Name}"))
            .Concat(Writable(typeof(TopOptions)).Select(key => $"WorkspaceTop:{key.Name}"));

        Assert.Empty(Rows.Select(cells => cells[0].Trim('`')).Except(known));
        Assert.Empty(Writable(typeof(WorkspaceManagerConfiguration)).Select(key => key.Name)
            .Except(Rows.Select(cells => cells[0].Trim('`'))));
    }

    [Fact]
    public void Every_choice_is_on_the_page_with_its_alias()
    {
        foreach (var key in Writable(typeof(WorkspaceConfiguration)).Where(key => key.PropertyType.IsEnum))
        {
            var names = EnumNames.Allowed(key.PropertyType).Replace("alias ", "", StringComparison.Ordinal);
            Assert.Equal(names, Rows.First(cells => cells[0] == $"`{key.Name}`")[1]);
        }
    }

    private static string Default(PropertyInfo key, object defaults) => key.GetValue(defaults) switch
    {
        null => "none",
        long and 0 => "0",
        long bytes when key.IsDefined(typeof(SizeInBytesAttribute)) => ByteSize.Format(bytes),
        bool flag => flag ? "true" : "false",
        Enum choice => EnumNames.Format(choice.GetType(), choice),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IEnumerable<PropertyInfo> Writable(Type type) => type.GetProperties().Where(property => property.SetMethod is not null);

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Workspaces.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "docs", "configuration.md");
    }
}
