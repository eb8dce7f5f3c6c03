using System.Runtime.CompilerServices;
using System.Text.Json;
using Workspaces.Hosting.Reports;
using Workspaces.Memory;
using Workspaces.Memory.Recording;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Reports;

/// <summary>Reports that a program writes of its own workspaces, and what may stand in them.</summary>
public sealed class WorkspaceReportTests : IDisposable
{
    private const string Hostile = "</script><script>alert(1)</script>{{data}}<!--\u2028\"\\&";
    private readonly string _folder = Directory.CreateTempSubdirectory("report").FullName;
    private readonly WorkspaceManager _manager = new();

    public void Dispose()
    {
        _manager.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_recorded_loop_shows_the_users_line_of_code()
    {
        using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "loop" });
        using PassRecording recording = _manager.RecordPasses();
        int line = 0;
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = workspace.Enter();
            Tensor x = MakeHere(out line);
            using Tensor y = x * 2;
        }

        RunReport report = WorkspaceReport.Of(workspace, recording);
        string path = Path.Combine(_folder, "a.html");
        WorkspaceReport.Write(workspace, path, recording);

        JsonElement planned = new PageData(File.ReadAllText(path)).Passes.First(static pass => pass.GetProperty("state").GetString() == "planned");
        Assert.Equal(["learning", "planned"], report.Passes.Select(static pass => pass.State.ToString().ToLowerInvariant()).Order());
        Assert.Equal("[32, 32]", PageData.Texts(planned, "shape")[0]);
        Assert.Equal("picture", PageData.Texts(planned, "name")[0]);
        Assert.StartsWith($"WorkspaceReportTests.cs:{line} (", PageData.Texts(planned, "site")[0], StringComparison.Ordinal);
        Assert.Equal(workspace.PlannedPeakBytes, planned.GetProperty("planPeak").GetInt64());
    }

    [Fact]
    public void Without_a_recording_the_last_pass_is_drawn()
    {
        using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "loop" });
        using (workspace.Enter()) Tensor.Zeros([100]).Dispose();

        JsonElement pass = Assert.Single(new PageData(WorkspaceReport.Of(workspace).ToHtml()).Passes);

        Assert.Equal((448L, 448L, 448L), (pass.GetProperty("planPeak").GetInt64(), pass.GetProperty("lowerBound").GetInt64(), pass.GetProperty("bump").GetInt64()));
        Assert.Equal(2L << 20, pass.GetProperty("caching").GetInt64());
    }

    [Fact]
    public void A_workspace_without_passes_and_a_recording_without_its_passes_are_refused()
    {
        using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "idle" });
        WorkspaceException none = Assert.Throws<WorkspaceException>(() => WorkspaceReport.Write(workspace, Path.Combine(_folder, "a.html")));
        Assert.Contains("0 passes have ended", none.Message, StringComparison.Ordinal);
        using PassRecording recording = _manager.RecordPasses();
        Assert.Contains("0 of its passes", Assert.Throws<WorkspaceException>(() => WorkspaceReport.Of(workspace, recording)).Message, StringComparison.Ordinal);
        using (workspace.Enter())
        {
            // A pass that asks for nothing.
        }

        Assert.Contains("none of them asked for bytes", Assert.Throws<WorkspaceException>(() => WorkspaceReport.Of(workspace).ToHtml()).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_page_that_cannot_be_written_leaves_the_old_one_and_nothing_beside_it()
    {
        using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "loop" });
        using (workspace.Enter()) Tensor.Zeros([1]).Dispose();
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "page.html")).FullName;

        IOException error = Assert.Throws<IOException>(() => WorkspaceReport.Write(workspace, folder));
        Assert.Contains("Remedy:", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<DirectoryNotFoundException>(() => WorkspaceReport.Write(workspace, Path.Combine(_folder, "nowhere", "a.html")));
        Assert.DoesNotContain(".tmp", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void No_text_can_leave_its_place_in_the_page()
    {
        var pass = new RecordedPass
        {
            Workspace = Hostile,
            State = RecordedPassState.Planned,
            Events = 2,
            LastUseBound = 64,
            Blocks = [new RecordedBlock { Birth = 0, Death = 2, LastUse = 1, Bytes = 1, Offset = 0, Kind = BlockKind.Temporary, Op = Hostile, Name = Hostile, Shape = Hostile, Site = Hostile }],
        };
        var report = new RunReport
        {
            Title = Hostile,
            Subtitle = Hostile,
            Passes = [pass],
            Findings = [new Finding("WSF000", FindingSeverity.Warning, Hostile, Hostile)],
        };

        string html = report.ToHtml();

        Assert.Equal(2, Count(html, "</script>"));
        Assert.Equal(0, Count(html, "<script>alert"));
        Assert.Equal(0, Count(html, "<!--"));
        PageData page = new(html);
        Assert.Equal(Hostile, page.Root.GetProperty("title").GetString());
        Assert.Equal(Hostile, PageData.Texts(page.Passes[0], "name")[0]);
        Assert.Equal(Hostile, page.Root.GetProperty("findings")[0][3].GetString());
    }

    [Fact]
    public void The_page_refers_to_nothing_outside_itself()
    {
        using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "loop" });
        using (workspace.Enter()) Tensor.Zeros([1]).Dispose();

        string html = WorkspaceReport.Of(workspace).ToHtml();

        Assert.DoesNotMatch(@"\bsrc\s*=|@import|url\(|fetch\(|XMLHttpRequest|WebSocket", html);
        Assert.DoesNotMatch("https?://(?!www\\.w3\\.org/2000/svg)", html); // the name of the drawing language is no address
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Fifty_thousand_blocks_make_a_small_page()
    {
        string html = BigReport.Of(50_000).ToHtml();

        Assert.InRange(html.Length, 1_000_000, 2_500_000);
        Assert.Equal(50_000, new PageData(html).Passes[0].GetProperty("blocks").GetProperty("count").GetInt32());
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)] // so that places are exact
    private static Tensor MakeHere(out int line)
    {
        line = Line() + 1;
        return Tensor.Zeros([32, 32]).Named("picture");
    }

    private static int Line([CallerLineNumber] int line = 0) => line;

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
