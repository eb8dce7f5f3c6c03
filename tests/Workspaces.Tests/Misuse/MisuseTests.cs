using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;
using Workspaces.Memory;
using Workspaces.Memory.Configuration;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Misuse.Programs;

namespace Workspaces.Tests.Misuse;

/// <summary>Every misuse program ends as docs/safety.md says: by an error of four parts, a finding, or right values; never in a wrong number, a hang or a crash.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class MisuseTests
{
    /// <summary>Longer than any program takes on any machine: who has not ended by then hangs.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromMinutes(2);

    /// <summary>The headings of the page and the programs under each.</summary>
    private static readonly (string Heading, IReadOnlyList<MisuseProgram> Programs)[] Suite =
    [
        ("Tensors that are gone", StalePrograms.All),
        ("Workspaces, passes, lanes and slots", ScopePrograms.All),
        ("Threads, tasks and await", FlowPrograms.All),
        ("Gradients", GradientPrograms.All),
        ("Shapes, types and values", ValuePrograms.All),
        ("Limits and sizes", LimitPrograms.All),
        ("Allocators", AllocatorPrograms.All),
        ("Configuration", ConfigurationPrograms.All),
        ("Files", FilePrograms.All),
        ("Modules and optimizers", ModulePrograms.All),
        ("What nobody asked for", LeakPrograms.All),
    ];

    public static TheoryData<string> Names => [.. Suite.SelectMany(static part => part.Programs).Select(static program => program.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_misuse_ends_as_the_page_says(string name)
    {
        MisuseProgram program = Suite.SelectMany(static part => part.Programs).Single(program => program.Name == name);
        using var world = new MisuseWorld();
        Exception? error = OnAThreadOfItsOwn(() => program.Run(world));
        Finding[] findings = [.. world.Manager.Findings];
        if (program.Ends == MisuseProgram.Right)
        {
            if (error is not null) ExceptionDispatchInfo.Capture(error).Throw();
        }
        else if (program.Ends.StartsWith("WSF", StringComparison.Ordinal))
        {
            Assert.True(error is null, error?.ToString());
            Finding? found = findings.FirstOrDefault(finding => finding.Code == program.Ends);
            Assert.True(found is not null, $"no {program.Ends} among: {string.Join("; ", findings.Select(static finding => finding.ToString()))}");
            AssertSays(program, found.Text);
        }
        else
        {
            Assert.True(error is not null, "nothing was thrown");
            Assert.True(error.GetType().Name == program.Ends, error.ToString());
            AssertSays(program, error.Message, hasOwnForm: error is ConfigurationException or LeakException);
        }

        Exception? after = OnAThreadOfItsOwn(world.AssertWorks);
        Assert.True(after is null, $"the manager does not work any more: {after}");
    }

    [Fact]
    public void The_page_shows_every_program_and_no_other()
    {
        string page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "safety.md"));
        var missing = new List<string>();
        foreach ((string heading, IReadOnlyList<MisuseProgram> programs) in Suite)
        {
            string[] rows = [.. programs.Select(static program => program.Row)];
            if (!RowsUnder(heading, page).SequenceEqual(rows)) missing.Add($"## {heading}\n\n{string.Join('\n', rows)}");
        }

        Assert.True(missing.Count == 0, string.Join("\n\n", missing));
    }

    [Fact]
    public void There_are_far_more_than_sixty_and_no_two_of_one_name()
    {
        string[] names = [.. Suite.SelectMany(static part => part.Programs).Select(static program => program.Name)];
        Assert.Equal(names.Distinct(), names);
        Assert.True(names.Length > 150, $"{names.Length} programs");
    }

    [Fact]
    public void The_nine_silent_misuses_of_the_closest_rival_are_rows_of_the_page()
    {
        string page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "safety.md"));
        string[] here = [.. RowsUnder("Nine that are silent elsewhere", page).Select(static row => row.Split('|')[3].Trim())];
        Assert.Equal(9, here.Length);
        string[] names = [.. Suite.SelectMany(static part => part.Programs).Select(static program => program.Name)];
        Assert.All(here, name => Assert.Contains(name, names));
    }

    private static void AssertSays(MisuseProgram program, string message, bool hasOwnForm = false)
    {
        Assert.Contains(program.Says, message, StringComparison.Ordinal);
        Assert.True(hasOwnForm || FourParts().IsMatch(message), $"not four parts: {message}");
    }

    /// <summary>Rows of the table under a heading, without its head.</summary>
    private static IEnumerable<string> RowsUnder(string heading, string page)
    {
        int begin = page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        if (begin < 0) return [];
        int end = page.IndexOf("\n## ", begin + 1, StringComparison.Ordinal);
        return page[begin..(end < 0 ? page.Length : end)].Split('\n').Where(static line => line.StartsWith('|')).Skip(2);
    }

    /// <summary>What the lines threw. A thread inherits nothing of the tests' own flow, and one that never comes back is no crash of the tests.</summary>
    private static Exception? OnAThreadOfItsOwn(Action lines)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(lines)) { IsBackground = true };
        thread.UnsafeStart();
        Assert.True(thread.Join(Forever), "it hangs");
        return error;
    }

    [GeneratedRegex(@"^(?:Cannot|Served) .+?, asked by .+?: .+\. Remedy: .+\.", RegexOptions.Singleline)]
    private static partial Regex FourParts();
}
