using Workspaces.Cli;

namespace Workspaces.Tests.Cli;

/// <summary>Runs the tool in this process, with what it prints in strings. Only in <see cref="AloneCollection"/>: the console is one for all.</summary>
internal static class InProcess
{
    internal static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        TextWriter output = Console.Out, errors = Console.Error;
        using StringWriter newOutput = new(), newErrors = new();
        try
        {
            Console.SetOut(newOutput);
            Console.SetError(newErrors);
            int code = CommandLine.Run(arguments);
            return (code, newOutput.ToString(), newErrors.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
