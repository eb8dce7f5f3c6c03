namespace Workspaces.Delivery.Tests.PublicApi;

/// <summary>
/// What each package shows to its users, as a text beside this test. A change of it is a decision: this test shows it, and with <c>WORKSPACES_ACCEPT_API=1</c> in the environment writes it down.
/// </summary>
public sealed class PublicApiTests
{
    private const string Accept = "WORKSPACES_ACCEPT_API";

    internal static readonly string[] Names = ["Workspaces.Memory", "Workspaces", "Workspaces.Hosting", "Workspaces.Interop", "Workspaces.Testing"];

    public static TheoryData<string> Assemblies => [.. Names];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_surface_is_the_one_that_was_agreed_on(string assembly)
    {
        string file = Path.Combine(TestFolders.Root, "tests", "Workspaces.Delivery.Tests", "PublicApi", $"{assembly}.txt");
        string now = ApiPrinter.Print(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
        if (Environment.GetEnvironmentVariable(Accept) == "1") File.WriteAllText(file, now);
        string agreed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        Assert.True(now == agreed, $"{Differences(agreed, now)}\nIf this is meant: {Accept}=1 dotnet test -c Release --filter PublicApiTests tests/Workspaces.Delivery.Tests");
    }

    [Fact]
    public void Differences_name_the_type_of_each_line() => Assert.Equal(
        "- public class A › int One()\n+ public class A › int Two()",
        Differences("namespace N\n  public class A\n    int One()\n    int Same()\n", "namespace N\n  public class A\n    int Same()\n    int Two()\n"));

    private static string Differences(string before, string after)
    {
        string[] was = Flat(before), now = Flat(after);
        return string.Join('\n', was.Except(now).Select(static line => $"- {line}").Concat(now.Except(was).Select(static line => $"+ {line}")));
    }

    /// <summary>Each line with the types that it stands in.</summary>
    private static string[] Flat(string text)
    {
        var open = new List<string>();
        var lines = new List<string>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int depth = (line.Length - line.TrimStart().Length) / 2;
            open.RemoveRange(Math.Min(depth, open.Count), Math.Max(0, open.Count - depth));
            open.Add(line.Trim());
            lines.Add(string.Join(" › ", open.Skip(1)));
        }

        return [.. lines.Where(static line => line.Length > 0)];
    }
}
