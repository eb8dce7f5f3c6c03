using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Workspaces.Tests.Examples;

/// <summary>An example as a program of its own, and what its header says that it prints.</summary>
internal static partial class ExampleProgram
{
    /// <summary>Starts an example that was built with the tests.</summary>
    internal static Process Start(string name, params ReadOnlySpan<string> arguments)
    {
        string configuration = typeof(ExampleProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        string program = Path.Combine(TestFolders.Root, "examples", name, "bin", configuration, "net10.0", name + ".dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(program);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>Runs an example to its end, which must be a good one.</summary>
    internal static string Run(string name, params ReadOnlySpan<string> arguments)
    {
        using Process process = Start(name, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }

    /// <summary>Runs an example that is used wrongly; what it says on the error stream.</summary>
    internal static (int Code, string Errors) Fail(string name, params ReadOnlySpan<string> arguments)
    {
        using Process process = Start(name, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        output.Wait();
        return (process.ExitCode, errors.TrimEnd());
    }

    /// <summary>
    /// The lines that the header of an example says it prints: those that are indented in the comment at its top. … stands for anything; a line in parentheses describes.
    /// </summary>
    internal static IReadOnlyList<string> Header(string name) =>
        [.. File.ReadLines(Path.Combine(TestFolders.Root, "examples", name, "Program.cs"))
            .TakeWhile(static line => line.StartsWith("//", StringComparison.Ordinal))
            .Where(static line => line.StartsWith("//   ", StringComparison.Ordinal))
            .Select(static line => Described().Replace(line[5..], "").TrimEnd())
            .Where(static line => line.Length > 0)];

    /// <summary>Asserts that the output has the lines of the header, in their order.</summary>
    internal static void AssertPrintsItsHeader(string name, string output)
    {
        IReadOnlyList<string> header = Header(name);
        Assert.NotEmpty(header);
        string[] lines = output.Split('\n', StringSplitOptions.TrimEntries);
        int next = 0;
        foreach (string expected in header)
        {
            var pattern = new Regex($"^{Regex.Escape(expected.Trim()).Replace("…", ".*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant);
            while (next < lines.Length && !pattern.IsMatch(lines[next])) next++;
            Assert.True(next < lines.Length, $"{name} does not print the line '{expected}' of its header at its place:\n{output}");
            next++;
        }
    }

    [GeneratedRegex(@"\s{2,}\(.*\)$|^\(.*\)$")]
    private static partial Regex Described();
}
