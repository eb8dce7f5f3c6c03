using Workspaces.Cli;
using Workspaces.Hosting.Top;

namespace Workspaces.Tests.Top;

/// <summary>What <c>top</c> draws fits whatever terminal there is, and says the numbers in full.</summary>
public sealed class TopViewTests
{
    private static readonly TopSnapshot Training = new()
    {
        Pid = 4711,
        Process = "Workspaces.Cli",
        Seconds = 3725.9,
        WorkingSetBytes = 92_000_000,
        ManagedBytes = 16_000_000,
        GcCollections = 3,
        BudgetUsedBytes = 2_400_000,
        BudgetLimitBytes = 1L << 30,
        Training = new(8570, 107, 548_480, 0.0003, 0.3279, 0.9435) { StepsPerSecond = 168.94 },
        Workspaces =
        [
            new() { Name = "(unnamed)" },
            new() { Name = "data", Leases = 2, CommittedBytes = 1_363_149, AllocatedBytes = 1_258_291, UnreferencedBytes = 53_043, PeakBytes = 1_258_291, PassesPerSecond = 217.5 },
            new() { Name = "persistent", CommittedBytes = 995_328, AllocatedBytes = 814_387, UnreferencedBytes = 168_755, PassesPerSecond = 0 },
            new()
            {
                Name = "step", Leases = 1, CommittedBytes = 69_632, AllocatedBytes = 38_502, UnreferencedBytes = 27_034, ExternalBytes = 1 << 20, PeakBytes = 65_536,
                LowerBoundBytes = 91_136, Plans = 2, PassesPerSecond = 217.5, LearningPasses = 1, DeviatedPasses = 4, SpilledBytes = 493_564_723,
            },
        ],
        Pools = [new("serve", 3, 8, 0)],
        FindingCount = 1,
        Findings = [new("WSF011", "Information", "step", "Cannot serve passes with MaxSize = 65536 bytes, asked by workspace 'step': 8 passes spilled. Remedy: raise it.")],
    };

    public static TheoryData<int, int> Sizes => new() { { 80, 24 }, { 100, 30 }, { 200, 50 }, { 132, 43 }, { 40, 12 }, { 20, 5 }, { 1, 1 }, { 80, 6 }, { 10, 40 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void No_line_is_wider_and_no_picture_higher_than_the_terminal(int width, int height)
    {
        foreach (TopSnapshot seen in (TopSnapshot[])[Training, new(), Absurd()])
        {
            IReadOnlyList<TopLine> lines = TopView.Lines(seen, width, height);
            Assert.InRange(lines.Count, 1, height);
            Assert.All(lines, line => Assert.True(CellText.Width(line.Text) <= width, $"{CellText.Width(line.Text)} > {width}: {line.Text}"));
            Assert.All(lines, static line => Assert.DoesNotContain(line.Text, char.IsControl));
        }
    }

    [Fact]
    public void Eighty_columns_have_each_workspace_on_one_line_with_its_kinds_of_memory_rate_and_spills()
    {
        string[] lines = [.. TopView.Lines(Training, 80, 24).Select(static line => line.Text)];

        Assert.Equal("Workspaces.Cli 4711  up 1:02:05  held 2.3 MiB of 1.0 GiB  resident 87.7 MiB", lines[0]);
        Assert.Equal(["workspace", "lease", "commit", "alloc", "unref", "free", "extern", "peak", "bound", "pass/s", "spill"], Words(Line(lines, "workspace ")));
        Assert.Equal(["step", "1", "68.0K", "37.6K", "26.4K", "-", "1.0M", "64.0K", "89.0K", "217.5", "470.7M"], Words(Line(lines, "step")));
        Assert.Contains(TopColumn.ShortUnits, Line(lines, "sizes"), StringComparison.Ordinal);
        Assert.Contains("3 more columns in a wider terminal", Line(lines, "sizes"), StringComparison.Ordinal);
        Assert.Equal(["serve", "3", "8", "0"], Words(Line(lines, "serve")));
        Assert.Contains("Remedy: raise it.", string.Join(' ', lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wide_terminal_has_all_columns_with_whole_units_and_right_edges_in_line()
    {
        string[] lines = [.. TopView.Lines(Training, 200, 50).Select(static line => line.Text)];

        string head = Line(lines, "workspace "), step = Line(lines, "step");
        Assert.Equal(
            ["workspace", "leases", "committed", "allocated", "unref.", "free", "external", "peak", "bound", "plans", "passes/s", "learning", "deviated", "spilled"], Words(head));
        Assert.Contains("68.0 KiB", step, StringComparison.Ordinal);
        Assert.DoesNotContain("wider terminal", string.Join(' ', lines), StringComparison.Ordinal);
        foreach (string column in (string[])["committed", "peak", "passes/s", "spilled"])
        {
            int end = head.IndexOf(column, StringComparison.Ordinal) + column.Length;
            Assert.All(lines.Where(static line => line.StartsWith("data", StringComparison.Ordinal) || line.StartsWith("step", StringComparison.Ordinal)), line =>
            {
                Assert.NotEqual(' ', line[end - 1]);
                Assert.True(end == line.Length || line[end] == ' ', line);
            });
        }
    }

    [Fact]
    public void Many_workspaces_leave_the_largest_and_say_how_many_are_not_shown()
    {
        TopSnapshot many = Training with { Workspaces = [.. Enumerable.Range(1, 60).Select(static i => new TopWorkspace { Name = $"w{i:00}", CommittedBytes = i << 20 })], Pools = [] };

        string[] lines = [.. TopView.Lines(many, 80, 24).Select(static line => line.Text)];

        string[] names = [.. lines.Where(static line => line.Length > 2 && line[0] == 'w' && char.IsDigit(line[1])).Select(static line => line[..3])];
        Assert.Equal([.. Enumerable.Range(61 - names.Length, names.Length).Select(static i => $"w{i:00}")], names);
        Assert.InRange(names.Length, 5, 20);
        Assert.Contains($"{60 - names.Length} smaller ones are not shown; sizes:", string.Join('|', lines), StringComparison.Ordinal);
        Assert.Contains(lines, static line => line == "findings: 1");
    }

    [Fact]
    public void The_newest_finding_comes_first_and_one_without_room_is_cut_with_an_ellipsis()
    {
        TopSnapshot two = Training with
        {
            FindingCount = 2,
            Findings = [new("WSF001", "Warning", "a", "old"), new("WSF030", "Warning", "b", string.Join(' ', Enumerable.Repeat("word", 200)))],
        };

        IReadOnlyList<TopLine> lines = TopView.Lines(two, 80, 24);

        int heading = lines.ToList().FindIndex(static line => line.Text == "findings: 2");
        Assert.Equal(TopStyle.Head, lines[heading].Style);
        Assert.StartsWith("  WSF030 b: word", lines[heading + 1].Text, StringComparison.Ordinal);
        Assert.Equal(TopStyle.Warning, lines[heading + 1].Style);
        Assert.EndsWith("…", lines[^1].Text, StringComparison.Ordinal);
        Assert.Equal(24, lines.Count);
        Assert.Equal(["  WSF030", "  WSF001"], [.. TopView.Lines(two, 80, 60).Select(static line => line.Text[..Math.Min(8, line.Text.Length)]).Where(static text => text.Contains("WSF"))]);
    }

    [Fact]
    public void Text_for_a_file_breaks_no_line_and_leaves_nothing_out()
    {
        string text = TopView.Text(Training with { Workspaces = [.. Training.Workspaces, new() { Name = new string('n', 300) }] });

        string[] lines = text.Split(Environment.NewLine);
        Assert.Contains(lines, static line => line.StartsWith(new string('n', 300), StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("  WSF011 step: ", StringComparison.Ordinal) && line.EndsWith("Remedy: raise it.", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("workspace ", StringComparison.Ordinal) && line.EndsWith("spilled", StringComparison.Ordinal));
        Assert.DoesNotContain('\e', text);
    }

    [Fact]
    public void Names_of_wide_characters_keep_the_columns_in_line()
    {
        TopSnapshot wide = new() { Workspaces = [new() { Name = "学習学習学習学習学習学習学習", CommittedBytes = 1 << 20 }, new() { Name = "ascii", CommittedBytes = 1 << 20 }] };

        string[] rows = [.. TopView.Lines(wide, 80, 24).Select(static line => line.Text).Where(static line => line.Contains("1.0M"))];

        Assert.Equal(2, rows.Length);
        Assert.Equal(CellText.Width(rows[1][..rows[1].IndexOf("1.0M", StringComparison.Ordinal)]), CellText.Width(rows[0][..rows[0].IndexOf("1.0M", StringComparison.Ordinal)]));
    }

    private static TopSnapshot Absurd() => new()
    {
        Pid = int.MinValue,
        Process = new string('p', 500),
        Seconds = 1e300,
        WorkingSetBytes = long.MinValue,
        ManagedBytes = long.MaxValue,
        LeakedWorkspaces = int.MaxValue,
        Training = new(long.MaxValue, long.MinValue, 0, 1e300, -1e300, double.MaxValue) { StepsPerSecond = double.MaxValue },
        Workspaces = [.. Enumerable.Range(0, 100).Select(static i => new TopWorkspace { Name = new string('学', i), CommittedBytes = long.MaxValue, PeakBytes = long.MinValue, PassesPerSecond = 1e300 })],
        Pools = [.. Enumerable.Range(0, 50).Select(static i => new TopPool(new string('x', i), int.MaxValue, int.MinValue, i))],
        FindingCount = 9,
        Findings = [.. Enumerable.Range(0, 20).Select(static i => new TopFinding("", "", "", new string('y', 10 * i)))],
    };

    private static string Line(IEnumerable<string> lines, string start) => lines.First(line => line.StartsWith(start, StringComparison.Ordinal));

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
