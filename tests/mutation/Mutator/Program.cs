using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Workspaces.Mutation;

/// <summary>
/// Mutation testing of one slice: <c>mutator SLICE.json PROJECT SUITE OUT</c>. Builds PROJECT with all mutants into the folder of SUITE, lets SUITE find
/// out which test passes which mutant, then run them, starting it afresh when a mutant takes it down, and writes a report into OUT. With
/// <c>--report</c> after it, only the report, of as many mutants as a run that was stopped has come to; with <c>--survivors</c> what an earlier run has
/// found is kept, and only the other mutants run, for tests that were written since.
/// </summary>
internal static class Program
{
    /// <summary>What is built for a report alone.</summary>
    private const string Unused = "report.dll";

    private static int Main(string[] args)
    {
        string source = Path.GetFullPath(args[1]), suite = Path.GetFullPath(args[2]), output = Path.GetFullPath(args[3]), name = Path.GetFileName(source);
        Slice slice = JsonSerializer.Deserialize<Slice>(File.ReadAllText(args[0]), JsonSerializerOptions.Web)!;
        Directory.CreateDirectory(output);
        string coverage = Path.Combine(output, "coverage.tsv"), results = Path.Combine(output, "results.tsv");
        bool reports = args.Length > 4 && args[4] == "--report", survivors = args.Length > 4 && args[4] == "--survivors";
        if (survivors) File.WriteAllLines(results, [.. File.ReadLines(results).Where(static l => l.Split('\t')[1] != "survived")]);
        else if (!reports) File.Delete(results);
        string[] own = [.. Directory.GetFiles(suite, "Workspaces*.dll").Where(f => name != "Workspaces.Memory" && Path.GetFileName(f) == "Workspaces.Memory.dll")];
        string[] system = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(IsOfTheFramework)];
        string[] packages = [.. Directory.GetFiles(suite, "*.dll").Where(static f => !Path.GetFileName(f).StartsWith("Workspaces", StringComparison.Ordinal) && Path.GetFileName(f) != Unused)];
        List<Mutant> mutants = new MutantBuild(source, name, [.. system, .. packages, .. own]).Emit(f => slice.Mutate.Any(m => f.StartsWith(m, StringComparison.Ordinal)), Path.Combine(suite, reports ? Unused : $"{name}.dll"));
        Console.WriteLine($"{mutants.Count} mutants");

        if (!reports && !Run(slice, suite, coverage, results)) return 1;
        Report.Write(mutants, coverage, results, Path.Combine(output, "report.md"));
        return 0;
    }

    private static bool Run(Slice slice, string suite, string coverage, string results)
    {
        string tests = string.Join(';', slice.Tests), skip = string.Join(';', slice.Skip);
        if (Start(suite, "coverage", tests, skip, coverage, "").Code != 0) return false;
        while (true)
        {
            (int code, string last) = Start(suite, "mutants", tests, skip, coverage, results);
            if (code == 0) return true;
            if (code != 3) File.AppendAllText(results, $"{last}\tkilled\tthe process ended with {code}\n"); // an access to memory that is not there
        }
    }

    private static bool IsOfTheFramework(string path) => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location);

    private static (int Code, string Last) Start(string suite, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(suite, "Workspaces.Tests.dll"), .. arguments]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string last = "";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (int.TryParse(line, CultureInfo.InvariantCulture, out _)) last = line;
            else Console.WriteLine(line);
        }

        process.WaitForExit();
        return (process.ExitCode, last);
    }
}
