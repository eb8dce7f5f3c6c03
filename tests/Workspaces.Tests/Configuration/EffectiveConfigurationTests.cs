using Serilog;
using Serilog.Core;
using Serilog.Events;
using Workspaces.Hosting.Configuration;

namespace Workspaces.Tests.Configuration;

public sealed class EffectiveConfigurationTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RunConfiguration _run;

    public EffectiveConfigurationTests() => _run = RunConfiguration.Load(new RunSources
    {
        AppSettings = _folder.Write("appsettings.json", """
            { "Serilog": { "WriteTo": [ { "Name": "Seq", "Args": { "apiKey": "secret" } } ] },
              "Workspaces": { "Defaults": { "MaxPlans": 4 }, "step": {}, "data": { "PolicySpill": "Fail", "UseCycleDetector": false },
                              "Manager": { "MaxWorkspaces": 8 } } }
            """),
        RunFile = _folder.Write("run.json", """
            { "Model": { "Layers": [ { "Type": "ReLU" } ] }, "Data": { "Type": "Idx" }, "Training": { "Epochs": 3 } }
            """),
        Environment = new Dictionary<string, string> { ["Workspaces__step__MaxSize"] = "1GiB" },
        Settings = ["Training:Seed=9"],
    });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Model:Layers:0:Type", "ReLU", "run file")]
    [InlineData("Training:Epochs", "3", "run file")]
    [InlineData("Training:Seed", "9", "--set")]
    [InlineData("Training:Threads", "0", "default")]
    [InlineData("Data:Shuffle", "true", "default")]
    [InlineData("Workspaces:step:MaxSize", "1 GiB", "environment")]
    [InlineData("Workspaces:step:MaxPlans", "4", "appsettings.json, Workspaces:Defaults")]
    [InlineData("Workspaces:step:PolicySpill", "External", "default")]
    [InlineData("Workspaces:data:PolicySpill", "Fail", "appsettings.json")]
    [InlineData("Workspaces:Manager:MaxWorkspaces", "8", "appsettings.json")]
    public void Every_value_is_listed_with_its_origin(string key, string value, string origin) =>
        Assert.Equal(new EffectiveValue(key, value, origin), Assert.Single(EffectiveConfiguration.Of(_run), item => item.Key == key));

    [Fact]
    public void Every_key_of_every_workspace_is_listed_once()
    {
        var keys = EffectiveConfiguration.Of(_run).Select(item => item.Key).ToArray();

        Assert.Equal(keys.Length, keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(22, keys.Count(key => key.StartsWith("Workspaces:step:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Secrets_of_sinks_are_not_listed() =>
        Assert.DoesNotContain("secret", EffectiveConfiguration.Describe(_run), StringComparison.Ordinal);

    [Fact]
    public void The_log_gets_one_debug_table()
    {
        var sink = new ListSink();
        using var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(sink).CreateLogger();

        EffectiveConfiguration.Write(_run, log);

        Assert.Equal([LogEventLevel.Debug], sink.Events.Select(item => item.Level));
        Assert.Contains("Training:Seed = 9  [--set]", sink.Events[0].RenderMessage(), StringComparison.Ordinal);
    }

    private sealed class ListSink : ILogEventSink
    {
        internal List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
