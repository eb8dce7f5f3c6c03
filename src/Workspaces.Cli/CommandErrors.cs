using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary>Turns the errors that users can cause into one message and an exit code; anything else is a defect and keeps its stack.</summary>
internal static class CommandErrors
{
    /// <summary>Wrong input: configuration, files, arguments.</summary>
    internal const int BadInput = 2;

    /// <summary>Stopped by Ctrl-C, as shells report it.</summary>
    internal const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM, as shells report it.</summary>
    internal const int Terminated = 143;

    internal static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (TypeInitializationException error) when (error.InnerException is InvalidOperationException inner)
        {
            // Kernels are chosen when they are first used; a choice that this machine cannot run was forced from outside.
            Console.Error.WriteLine(inner.Message);
            return BadInput;
        }
        catch (Exception error) when (IsUsers(error))
        {
            // The system's own words about a file lack three of the four parts.
            bool raw = error is IOException or UnauthorizedAccessException && !error.Message.Contains("Remedy:", StringComparison.Ordinal);
            Console.Error.WriteLine(raw
                ? WorkspaceException.Compose("read or write a file", "the command line", error.Message.TrimEnd('.'), "check the path, its folder and its permissions")
                : error.Message);
            return BadInput;
        }
    }

    /// <summary>What is wrong with the words of a command line.</summary>
    /// <param name="problems">What is wrong.</param>
    /// <param name="command">The command that was written.</param>
    /// <param name="hint">The word that was probably meant, or null.</param>
    internal static int Refuse(IEnumerable<string> problems, string command, string? hint = null)
    {
        string meant = hint is null ? "" : $"did you mean {hint}? Otherwise ";
        foreach (string problem in problems)
            Console.Error.WriteLine(WorkspaceException.Compose($"run '{command}'", "the command line", problem.TrimEnd('.'), $"{meant}see {command} --help"));
        return BadInput;
    }

    private static bool IsUsers(Exception error) =>
        error is ConfigurationException or WorkspaceException or ShapesOnlyException or ArgumentException
            or IOException or InvalidDataException or UnauthorizedAccessException or OutOfMemoryException;
}
