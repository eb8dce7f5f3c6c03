using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace Workspaces.Benchmarks;

/// <summary>
/// The default configuration: many short iterations, one to two seconds a benchmark, and the fastest of them as a column of its own. On a machine that does
/// other work besides, the minimum is the figure to read; means hold the others' time slices. Code runs in tiers, with profiles, as in a program that sets
/// nothing; the programs of this repository compile fully at the first call instead, which costs opening a pass some 50 ns in the base library.
/// </summary>
public sealed class BenchmarkConfig : ManualConfig
{
    private const int Warmups = 5, Iterations = 40, MillisecondsPerIteration = 25, MinutesToBuild = 10;

    /// <summary>Makes the configuration.</summary>
    /// <param name="args">The command line.</param>
    public BenchmarkConfig(string[] args)
    {
        Add(DefaultConfig.Instance);
        BuildTimeout = TimeSpan.FromMinutes(MinutesToBuild); // two, as they come, do not last on a machine that builds other things besides
        AddColumn(StatisticColumn.Min, StatisticColumn.Median);

        // A job of ours would run beside one that the command line asks for.
        if (!Array.Exists(args, static arg => arg is "-j" or "--job" || arg.StartsWith("--job=", StringComparison.Ordinal))) AddJob(Quick);
    }

    private static Job Quick => new Job("Quick")
        .WithLaunchCount(1)
        .WithWarmupCount(Warmups)
        .WithIterationCount(Iterations)
        .WithEnvironmentVariables(new EnvironmentVariable("DOTNET_TieredCompilation", "1"), new EnvironmentVariable("DOTNET_TieredPGO", "1"))
        .WithIterationTime(TimeInterval.FromMilliseconds(MillisecondsPerIteration));
}
