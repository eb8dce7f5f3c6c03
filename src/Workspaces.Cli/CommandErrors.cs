using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary>Turns the errors that users can cause into one message and an exit code; anything else is a defect and keeps its stack.</summary>
internal static class CommandErrors
{
    /// <summary>Wrong input: configuration, files, arguments.</summary>
    internal const int BadInput = 2;

    /// <summary>Stopped by Ctrl-C, as shells report it.</summary>
    internal const int Cancelled = 130;

    internal static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception error) when (IsUsers(error))
        {
            Console.Error.WriteLine(error.Message);
            return BadInput;
        }
    }

    private static bool IsUsers(Exception error) =>
        error is ConfigurationException or WorkspaceException or ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or OutOfMemoryException;
}
