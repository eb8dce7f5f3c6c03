using Workspaces.Cli;

namespace Workspaces.Tests.Cli;

/// <summary>Runs the tool in this process, with what it prints in strings. Only in <see cref="AloneCollection"/>: the console is one for all.</summary>
internal static class InProcess
{
    internal static (int Code, string Output, string Errors) Run(params string[] arguments) => Run(Stream.Null, arguments);

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
