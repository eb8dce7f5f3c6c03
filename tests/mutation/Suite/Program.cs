namespace Workspaces.Tests.Mutation;

/// <summary>Runs the tests of this assembly against the mutants that were built into the memory core.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        TestCase[] tests = TestCase.Find(args[1].Split(';'), args[2].Split(';', StringSplitOptions.RemoveEmptyEntries));
        int code = args[0] switch
        {
            "coverage" => Coverage.Write(tests, args[3]),
            "mutants" => MutantRuns.Run(tests, args[3], args[4]),
            _ => throw new ArgumentException($"'{args[0]}' is neither coverage nor mutants."),
        };
        Environment.Exit(code); // a test that hangs may have threads of its own, which would keep the process
        return code;
    }
}
