using System.CommandLine;
using System.CommandLine.Invocation;

namespace Workspaces.Cli;

/// <summary>The tool's verbs.</summary>
internal static class CommandLine
{
    internal static RootCommand Create(Func<Stream>? standardInput = null) => new("Train, measure and examine models whose memory lives in workspaces.")
    {
        TrainCommand.Create(),
        ResumeCommand.Create(),
        InferCommand.Create(standardInput ?? Console.OpenStandardInput),
        BenchCommand.Create(),
        PlanCommand.Create(),
        ReplayCommand.Create(),
        ReportCommand.Create(),
        TopCommand.Create(),
        DoctorCommand.Create(),
    };

    /// <summary>Runs one command line; words that mean nothing are errors like any other bad input.</summary>
    /// <param name="arguments">The words.</param>
    /// <param name="standardInput">What is read as standard input; null for that of the process.</param>
    internal static int Run(IReadOnlyList<string> arguments, Stream? standardInput = null)
    {
        ParseResult parsed = Create(standardInput is null ? null : () => standardInput).Parse(arguments);
        if (parsed.Action is not ParseErrorAction) return parsed.Invoke();
        string verb = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
        return CommandErrors.Refuse(parsed.Errors.Select(static error => error.Message), $"workspaces{verb}");
    }
}
