using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Settings.Configuration;
using Serilog.Sinks.SystemConsole.Themes;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Logging;

/// <summary>
/// Makes a logger from the section <c>Serilog</c>. Console sinks write to standard error unless the section says otherwise, because
/// standard output belongs to results.
/// </summary>
[RequiresUnreferencedCode(Trimming.Logs), RequiresDynamicCode(Trimming.Logs)]
public static class SerilogSetup
{
    private const string Section = "Serilog";
    private const string Console = "Console";
    private const string ErrorStream = "standardErrorFromLevel";

    /// <summary>Makes the logger; its maker disposes it.</summary>
    /// <param name="configuration">The configuration; without <c>Serilog:WriteTo</c> there is one console sink.</param>
    /// <param name="atLeast">Events below this level are dropped whatever the section says; null keeps them.</param>
    /// <returns>The logger.</returns>
    /// <exception cref="ConfigurationException">The section cannot be used, as when a level has no such name.</exception>
    public static Logger CreateLogger(IConfiguration configuration, LogEventLevel? atLeast = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var setup = new LoggerConfiguration();
        var effective = WithErrorStream(configuration);
        try
        {
            setup.ReadFrom.Configuration(effective, ReaderOptions(effective));
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException)
        {
            throw new ConfigurationException(
                [new ConfigurationProblem(Section, "a logger", error.Message.TrimEnd('.'), "Correct the section")], error);
        }
        if (!effective.GetSection($"{Section}:WriteTo").GetChildren().Any()) WriteToConsole(setup.WriteTo);
        if (atLeast is { } level) setup.Filter.ByExcluding(logged => logged.Level < level);
        return setup.CreateLogger();
    }

    private static void WriteToConsole(LoggerSinkConfiguration sinks) => sinks.Console(
        outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}",
        formatProvider: System.Globalization.CultureInfo.InvariantCulture,
        theme: AnsiConsoleTheme.Literate, // colours are part of the text, so that a line stays in one piece where a progress display shows it
        standardErrorFromLevel: LogEventLevel.Verbose);

    /// <summary>Sinks of other assemblies are found by the section's <c>Using</c>; the console needs no such key.</summary>
    private static ConfigurationReaderOptions ReaderOptions(IConfiguration configuration) =>
        configuration.GetSection($"{Section}:Using").GetChildren().Any()
            ? new ConfigurationReaderOptions(ConfigurationAssemblySource.UseLoadedAssemblies) { SectionName = Section }
            : new ConfigurationReaderOptions(typeof(ConsoleLoggerConfigurationExtensions).Assembly) { SectionName = Section };

    private static IConfiguration WithErrorStream(IConfiguration configuration)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in configuration.GetSection(Section).AsEnumerable()) values[key] = value;
        foreach (var sink in configuration.GetSection($"{Section}:WriteTo").GetChildren())
        {
            var isShort = string.Equals(sink.Value, Console, StringComparison.OrdinalIgnoreCase);
            if (!isShort && !string.Equals(sink["Name"], Console, StringComparison.OrdinalIgnoreCase)) continue;
            // The reader compares names of sinks by case, and its short form "Console" has no place for arguments.
            if (isShort) values.Remove(sink.Path);
            values[$"{sink.Path}:Name"] = Console;
            var stream = $"{sink.Path}:Args:{ErrorStream}";
            if (configuration[stream] is null) values[stream] = nameof(LogEventLevel.Verbose);
        }
        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }
}
