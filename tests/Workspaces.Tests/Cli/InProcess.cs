using Workspaces.Cli;

namespace Workspaces.Tests.Cli;

/// <summary>Runs the tool in this process, with what it prints in strings. Only in <see cref="AloneCollection"/>: the console is one for all.</summary>
internal static class InProcess
{
    internal static (int Code, string Output, string Errors) Run(params string[] arguments) => Run(Stream.Null, arguments);

    /// <summary>The tool refuses it, and says so in four parts.</summary>
    /// <param name="expected">What is in its words.</param>
    /// <param name="arguments">The words of the command line.</param>
    internal static void AssertRefused(string expected, params string[] arguments)
    {
        (int code, _, string errors) = Run(arguments);
        Assert.Equal(2, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("Remedy:", errors, StringComparison.Ordinal);
    }

    /// <param name="input">What the tool reads as standard input.</param>
    /// <param name="arguments">The words of the command line.</param>
    internal static (int Code, string Output, string Errors) Run(Stream input, params string[] arguments)
    {
        TextWriter output = Console.Out, errors = Console.Error;
        using StringWriter newOutput = new(), newErrors = new();
        try
        {
            Console.SetOut(newOutput);
            Console.SetError(newErrors);
            int code = CommandLine.Run(arguments, input);
            return (code, newOutput.ToString(), newErrors.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
