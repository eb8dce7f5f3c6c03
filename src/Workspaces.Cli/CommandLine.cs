using System.CommandLine;

namespace Workspaces.Cli;

/// <summary>The tool's verbs.</summary>
internal static class CommandLine
{
    internal static RootCommand Create() => new("Train, measure and examine models whose memory lives in workspaces.")
    {
        TrainCommand.Create(),
        BenchCommand.Create(),
        DoctorCommand.Create(),
    };
}
