using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Logging;
using Workspaces.Memory;
using Workspaces.Tests.Telemetry;

namespace Workspaces.Tests.Logging;

/// <summary>The lines of the log: their ids, what they carry, and the page about them.</summary>
public sealed class LogLineTests
{
    private static readonly (MethodInfo Method, LoggerMessageAttribute Line)[] Lines =
    [
        .. new[] { typeof(MemoryLog), typeof(TrainLog), typeof(HostLog) }
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(static method => (method, method.GetCustomAttribute<LoggerMessageAttribute>()!)).Where(static line => line.Item2 is not null),
    ];

    [Fact]
    public void Every_line_has_an_id_of_its_own_that_bears_its_name()
    {
        Dictionary<int, string> ids = typeof(LogEvents).GetFields().ToDictionary(static field => (int)field.GetRawConstantValue()!, static field => field.Name);
        Assert.Equal(ids.Keys.Order(), Lines.Select(static line => line.Line.EventId).Order());
        Assert.All(Lines, line => Assert.Equal(ids[line.Line.EventId], line.Method.Name));
    }

    [Fact]
    public void The_page_lists_every_line_and_no_other()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(TestFolders.Root, "docs", "observability.md")).Where(static row => row.Length > 4 && row[..2] == "| " && char.IsAsciiDigit(row[2]))];
        Assert.Equal(
            Lines.OrderBy(static line => line.Line.EventId).Select(static line =>
                $"| {line.Line.EventId} | {line.Method.Name} | {(line.Line.Level == LogLevel.None ? LogLevel.Information : line.Line.Level)} | `{line.Line.Message}` |"),
            rows);
    }

    [Fact]
    public void Plans_spills_and_deviations_say_why_at_Debug()
    {
        var sink = new Sink();
        using Logger log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(sink).CreateLogger();
        using var manager = new WorkspaceManager();
        manager.AddObserver(new SerilogWorkspaceObserver(log));
        using (Workspace workspace = manager.Lease(new() { Name = "logged", MaxSize = 64 << 10 }))
        {
            Watched.Pass(workspace, 1024);
            Watched.Pass(workspace, 1024, 1 << 20);
        }

        Assert.Equal(
            ["Workspace \"logged\" has plan 1 because FirstPass: 1 requests in 1024 bytes, lower bound 1024, by", "Pass 3 of workspace \"logged\" spilled 1 requests of 1048576 bytes: MaxSize is 65536, PolicySpill External, DebugMode Disabled"],
            sink.Events.Where(static logged => Id(logged) is 1010 or 1011).Select(static logged => Text(logged)).Select(static text => text.Split(", by ")[0] + (text.Contains(", by ", StringComparison.Ordinal) ? ", by" : "")).Distinct().Take(2));
        Assert.Contains(sink.Events, static logged => Id(logged) == 1012 && Text(logged).StartsWith("Pass 3 of workspace \"logged\" deviated: 1 of 2 requests, 1048576 bytes", StringComparison.Ordinal));
        Assert.All(sink.Events.Where(static logged => Id(logged) is 1010 or 1011 or 1012), static logged => Assert.Equal(LogEventLevel.Debug, logged.Level));
        Assert.All(sink.Events, static logged => Assert.Equal("\"Workspaces.Memory\"", logged.Properties["SourceContext"].ToString()));
    }

    [Fact]
    public void A_run_logs_a_line_an_epoch_at_Information_and_all_else_below()
    {
        var sink = new Sink();
        using Logger log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(sink).CreateLogger();
        Train(log, "Training:Epochs=2", "Data:BatchSize=1500", "Workspaces:step:MaxSize=0");

        LogEvent[] shown = [.. sink.Events.Where(static logged => logged.Level >= LogEventLevel.Information)];
        Assert.Equal([2006, 2006], shown.Select(Id));
        Assert.Equal(["1", "2"], shown.Select(static logged => logged.Properties["Epoch"].ToString()));
        Assert.All(shown, static logged => Assert.True(logged.Properties["ArenaBytes"] is ScalarValue { Value: long and > 0 }));
        Assert.Contains(sink.Events, static logged => Id(logged) == 2002);
        Assert.Contains(sink.Events, static logged => Id(logged) == 2008);
    }

    [Fact]
    public void The_level_of_epochs_can_be_lowered_where_they_are_shown_otherwise()
    {
        var sink = new Sink();
        using Logger log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();
        var observer = new SerilogTrainObserver(log, epochs: LogLevel.Debug);
        observer.OnEpoch(new(0, 0.5, null, 100, 1000));
        Assert.Empty(sink.Events);
        observer.OnEpoch(new(1, double.NaN, null, 100, 1000));
        Assert.Equal(2007, Id(Assert.Single(sink.Events)));
    }

    [Fact]
    public void Lines_whose_level_is_off_make_no_garbage()
    {
        using Logger log = new LoggerConfiguration().MinimumLevel.Warning().CreateLogger();
        var observer = new SerilogTrainObserver(log);
        long before = 0;
        for (int i = 0; i < 200; i++)
        {
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            observer.OnStep(new(i, 0, 0.5f, 10, 1.5, 1000));
            observer.OnEpoch(new(i, 0.5, 0.9, 100, 1000));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Train(Serilog.ILogger log, params string[] settings)
    {
        using TrainingRun run = TrainingRun.Create(RunConfiguration.Load(Path.Combine(TestFolders.Root, "configs", "metrics.json"), settings), log);
        run.Train(new SerilogTrainObserver(log));
    }

    private static int Id(LogEvent logged) => logged.Properties.TryGetValue("EventId", out LogEventPropertyValue? id) && id is StructureValue both
        ? (int)((ScalarValue)both.Properties.First(static part => part.Name == "Id").Value).Value! : 0;

    private static string Text(LogEvent logged) => logged.RenderMessage(CultureInfo.InvariantCulture);

    private sealed class Sink : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
