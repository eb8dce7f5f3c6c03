using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;

namespace Workspaces.Benchmarks;

/// <summary>The default configuration, with short jobs unless the command line asks for another.</summary>
public sealed class BenchmarkConfig : ManualConfig
{
    /// <summary>Makes the configuration.</summary>
    /// <param name="args">The command line.</param>
    public BenchmarkConfig(string[] args)
    {
        Add(DefaultConfig.Instance);
        // A job of ours would run beside one named on the command line.
        if (!args.Any(static arg => arg is "-j" or "--job")) AddJob(Job.ShortRun);
    }
}
