using Workspaces.Hosting.Configuration;

/// <summary>What all examples share: how they take settings, and how they tell the user that one is wrong.</summary>
internal static class Example
{
    /// <summary>
    /// Reads <c>[FILE] [Key=Value …]</c>: settings, and before them a run file to take instead of the example's own. From here on a mistake of the user ends the program
    /// with one line on the error stream and exit code 2; anything else is a defect and keeps its stack.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="file">The example's run file in <c>configs</c>.</param>
    /// <param name="sections">Sections that the run file may have besides those of a training run.</param>
    /// <param name="workspaces">Workspaces that it may have besides those of a training run.</param>
    internal static RunConfiguration Load(string[] args, string file, string[]? sections = null, string[]? workspaces = null)
    {
        AppDomain.CurrentDomain.UnhandledException += Tell;
        bool named = args.Length > 0 && !args[0].Contains('=', StringComparison.Ordinal);
        return RunConfiguration.Load(new RunSources
        {
            RunFile = named ? args[0] : Path.Combine(AppContext.BaseDirectory, "configs", file),
            Settings = named ? args[1..] : args,
            MoreSections = sections ?? [],
            MoreWorkspaces = workspaces ?? [],
        });
    }

    private static void Tell(object sender, UnhandledExceptionEventArgs unhandled)
    {
        var error = (Exception)unhandled.ExceptionObject;
        if (error is AggregateException { InnerException: { } inner }) error = inner; // of several threads
        if (error is not (ConfigurationException or WorkspaceException or ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException)) return;
        Console.Error.WriteLine(string.Join(' ', error.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
        Environment.Exit(2);
    }
}
