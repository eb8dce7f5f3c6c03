using System.Diagnostics;
using System.Text.Json;
using Workspaces.Cli;

namespace Workspaces.Tests.Cli;

/// <summary>The tool as a process of its own: the only place where a figure of the whole process, such as its garbage, is the tool's alone and not the test host's too.</summary>
internal static class OwnProcess
{
    internal static Process Start(Dictionary<string, string> environment, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(CommandLine).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs a command that ends well, and gives the JSON that it prints.</summary>
    internal static JsonElement RunJson(params ReadOnlySpan<string> arguments) => RunJsonWith([], arguments);

    /// <summary>As <see cref="RunJson"/>, with variables of the environment.</summary>
    internal static JsonElement RunJsonWith(Dictionary<string, string> environment, params ReadOnlySpan<string> arguments)
    {
        using Process process = Start(environment, [.. arguments, "--json"]);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((0, ""), (process.ExitCode, errors.Result));
        return JsonDocument.Parse(output).RootElement;
    }
}
