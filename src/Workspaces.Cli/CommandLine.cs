using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Workspaces.Hosting.Configuration;

namespace Workspaces.Cli;

/// <summary>The tool's verbs.</summary>
internal static class CommandLine
{
    /// <summary>The tool's name; a root command would take that of the program's file.</summary>
    internal const string Name = "workspaces";

    internal static Command Create(Func<Stream>? standardInput = null) => new(Name, "Train, measure and examine models whose memory lives in workspaces.")
    {
        new HelpOption(),
        new VersionOption(),
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
        if (parsed.Action is not ParseErrorAction)
        {
            // Verbs guard themselves; help and version have a full disk behind standard output said like they do.
            bool isVerbs = parsed.Action == parsed.CommandResult.Command.Action;
            return CommandErrors.Guard(() => parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = isVerbs }));
        }

        Command command = parsed.CommandResult.Command;
        bool isVerb = command.Name != Name;
        string[] problems = [.. parsed.Errors.Select(static error => error.Message)];
        string? hint = null;
        if (parsed.UnmatchedTokens is [var word, ..])
        {
            // Without the word that was meant the verb is missing too, or its argument: the word is what has to be said.
            string[] of = [.. problems.Where(problem => problem.Contains($"'{word}'", StringComparison.Ordinal))];
            if (of.Length > 0) problems = of;
            hint = isVerb && !word.StartsWith('-')
                ? null
                : Suggestion.Nearest(word, [.. isVerb ? command.Options.Select(static option => option.Name) : command.Subcommands.Select(static verb => verb.Name)]);
        }

        return CommandErrors.Refuse(problems, isVerb ? $"{Name} {command.Name}" : Name, hint);
    }
}
