using Serilog.Events;
using Workspaces.Hosting.Logging;
using Workspaces.Memory;
using Workspaces.Tests.Configuration;

namespace Workspaces.Tests.Logging;

/// <summary>The console is one for the whole process, so nothing else may run beside these.</summary>
[Collection(nameof(SerilogSetupTests))]
[CollectionDefinition(nameof(SerilogSetupTests), DisableParallelization = true)]
public sealed class SerilogSetupTests : IDisposable
{
    private readonly TextWriter _output = Console.Out;
    private readonly TextWriter _error = Console.Error;
    private readonly StringWriter _written = new();
    private readonly StringWriter _complained = new();

    public SerilogSetupTests()
    {
        Console.SetOut(_written);
        Console.SetError(_complained);
    }

    public void Dispose()
    {
        Console.SetOut(_output);
        Console.SetError(_error);
        _written.Dispose();
        _complained.Dispose();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "Serilog": {} }""")]
    [InlineData("""{ "Serilog": { "MinimumLevel": { "Default": "Information" } } }""")]
    [InlineData("""{ "Serilog": { "WriteTo": [ { "Name": "Console" } ] } }""")]
    [InlineData("""{ "Serilog": { "WriteTo": [ "Console" ] } }""")]
    [InlineData("""{ "serilog": { "writeto": { "Con": { "name": "console" } } } }""")]
    [InlineData("""{ "Serilog": { "WriteTo": [ { "Name": "Console", "Args": { "outputTemplate": "{Message}" } } ] } }""")]
    public void The_console_is_standard_error(string json)
    {
        Log(json);

        Assert.Contains("hello", _complained.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("quiet", _complained.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _written.ToString());
    }

    [Fact]
    public void Whoever_asks_for_standard_output_gets_it()
    {
        Log("""{ "Serilog": { "WriteTo": [ { "Name": "Console", "Args": { "standardErrorFromLevel": "Fatal" } } ] } }""");

        Assert.Contains("hello", _written.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _complained.ToString());
    }

    [Fact]
    public void The_level_of_the_section_holds()
    {
        Log("""{ "Serilog": { "MinimumLevel": "Debug" } }""");
        Assert.Contains("quiet", _complained.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_least_level_beats_the_section()
    {
        Log("""{ "Serilog": { "MinimumLevel": { "Default": "Debug", "Override": { "X": "Verbose" } } } }""", LogEventLevel.Warning);

        Assert.DoesNotContain("hello", _complained.ToString(), StringComparison.Ordinal);
        Assert.Contains("careful", _complained.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Serilog": { "MinimumLevel": "Chatty" } }""")]
    [InlineData("""{ "Serilog": { "MinimumLevel": { "Default": "Chatty" } } }""")]
    [InlineData("""{ "Serilog": { "MinimumLevel": { "Override": { "X": "Chatty" } } } }""")]
    public void A_level_that_does_not_exist_is_refused(string json)
    {
        var error = Assert.Throws<ConfigurationException>(() => Log(json));

        Assert.Equal("Serilog", Assert.Single(error.Problems).Path);
        Assert.Contains("Chatty", error.Message, StringComparison.Ordinal);
    }

    private static void Log(string json, LogEventLevel? atLeast = null)
    {
        using var log = SerilogSetup.CreateLogger(TestJson.Root(json), atLeast);
        log.Debug("quiet");
        log.Information("hello");
        log.Warning("careful");
    }
}
