using System.CommandLine;

namespace Workspaces.Cli;

/// <summary>Options that change keys of a run file from the command line.</summary>
internal sealed class RunFileOptions
{
    private readonly Option<string?> _epochs = new("--epochs") { Description = "Passes over the training data (Training:Epochs)." };
    private readonly Option<string?> _maxSteps = new("--max-steps") { Description = "Stop after so many steps (Training:MaxSteps)." };
    private readonly Option<string?> _threads = new("--threads") { Description = "Threads that compute (Training:Threads)." };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any other key, e.g. Workspaces:step:MaxSize=64MiB; repeatable.",
        AllowMultipleArgumentsPerToken = false,
    };

    internal void AddTo(Command command)
    {
        command.Add(_epochs);
        command.Add(_maxSteps);
        command.Add(_threads);
        command.Add(_set);
    }

    /// <summary>The settings <c>key=value</c>, as texts, so that the binder that reads files refuses a bad number too, with the same path.</summary>
    internal List<string> Settings(ParseResult parsed)
    {
        var settings = new List<string>(parsed.GetValue(_set) ?? []);
        Add(settings, "Training:Epochs", parsed.GetValue(_epochs));
        Add(settings, "Training:MaxSteps", parsed.GetValue(_maxSteps));
        Add(settings, "Training:Threads", parsed.GetValue(_threads));
        return settings;
    }

    internal static void Add(List<string> settings, string key, string? value)
    {
        if (value is not null) settings.Add($"{key}={value}");
    }
}
