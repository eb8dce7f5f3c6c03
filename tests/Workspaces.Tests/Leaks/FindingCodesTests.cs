using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Workspaces.Hosting.Logging;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Leaks;

/// <summary>Every code has its line in the page; findings reach the log and the meter.</summary>
public sealed class FindingCodesTests
{
    private static string Page => File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "leaks.md"));

    private static readonly (string Name, string Code)[] Known =
        [.. typeof(FindingCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (field.Name, (string)field.GetRawConstantValue()!))];

    public static TheoryData<string, string> Codes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string name, string code) in Known) data.Add(name, code);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_has_a_line_with_meaning_and_remedy(string name, string code)
    {
        string line = Assert.Single(Page.Split('\n'), line => line.StartsWith($"| {code} |", StringComparison.Ordinal));
        string[] cells = [.. line.Split('|').Select(static cell => cell.Trim())];
        Assert.Equal(6, cells.Length); // code, name, meaning, remedy between two empty ones
        Assert.Equal($"`{name}`", cells[2]);
        Assert.All(cells[3..5], static cell => Assert.True(cell.Length > 15));
    }

    [Fact]
    public void Codes_are_unique_and_the_page_knows_no_others()
    {
        string[] codes = [.. Known.Select(static known => known.Code)];
        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.All(codes, static code => Assert.Matches("^WSF[0-9]{3}$", code));
        Assert.Equal(codes.Order(), Page.Split('\n').Where(static line => line.StartsWith("| WSF", StringComparison.Ordinal)).Select(static line => line[2..8]).Order());
    }

    [Fact]
    public void Codes_in_the_sources_are_those_of_the_list()
    {
        IEnumerable<string> used = Directory.GetFiles(Path.Combine(TestFolders.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(static file => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), "WSF[0-9]{3}")).Select(static match => match.Value).Distinct();
        Assert.Empty(used.Except(Known.Select(static known => known.Code)));
    }

    [Fact]
    public void Notes_about_learning_are_no_leaks()
    {
        Assert.False(FindingCodes.IsLeak(FindingCodes.PassesDiffer));
        Assert.False(FindingCodes.IsLeak(FindingCodes.SpillsEveryPass));
        Assert.True(FindingCodes.IsLeak(FindingCodes.WorkspaceNotClosed));
        Assert.True(FindingCodes.IsLeak(FindingCodes.ChainGrows));
    }

    [Fact]
    public void A_log_gets_code_workspace_and_text()
    {
        var sink = new Sink();
        using Logger log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();
        using var manager = new WorkspaceManager();
        manager.AddObserver(new SerilogWorkspaceObserver(log));
        using (Workspace workspace = manager.Lease(new() { Name = "logged" })) workspace.Enter();
        LogEvent logged = Assert.Single(sink.Events);
        Assert.Equal(LogEventLevel.Warning, logged.Level);
        Assert.StartsWith("\"WSF001\" \"logged\": \"Cannot keep inner scopes open", logged.RenderMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void A_meter_counts_live_and_leaked_leases_apart_and_findings_by_code()
    {
        long live = 0, leaked = -1, findings = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Workspaces") listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "workspaces.leases.live") live = value;
            if (instrument.Name == "workspaces.leases.leaked") leaked = value;
            if (instrument.Name != "workspaces.findings") return;
            foreach (KeyValuePair<string, object?> tag in tags)
                if (tag.Key == "workspace.name" && tag.Value is "metered" or "(other)") Interlocked.Add(ref findings, value); // too many names may have come before
        });
        listener.Start();
        using var manager = new WorkspaceManager();
        using (Workspace workspace = manager.Lease(new() { Name = "metered" }))
        {
            listener.RecordObservableInstruments();
            Assert.True(live >= 1);
            Assert.True(leaked >= 0);
            workspace.Enter();
        }

        Assert.True(Interlocked.Read(ref findings) >= 1);
    }

    private sealed class Sink : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
