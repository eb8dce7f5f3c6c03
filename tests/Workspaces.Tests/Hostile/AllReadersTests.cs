using System.Globalization;
using Xunit.Abstractions;

namespace Workspaces.Tests.Hostile;

/// <summary>All readers under damage at the same time, a thread for each: so a minute of each costs one minute.</summary>
/// <remarks>
/// <c>WORKSPACES_FUZZ_SECONDS</c> sets how long the long one runs instead of ten minutes; <c>WORKSPACES_FUZZ_SEED</c> repeats the damage of a run that failed.
/// </remarks>
[Collection(nameof(AloneCollection))]
public sealed class AllReadersTests(ITestOutputHelper output)
{
    private const double InEveryBuild = 60, InALongRun = 600;

    [Fact]
    [Trait("Category", "Slow")]
    public void A_minute_of_damaged_files_is_read_or_refused_by_every_reader() => Run(InEveryBuild);

    [Fact]
    [Trait("Category", "Long")]
    public void Ten_minutes_of_damaged_files_are_read_or_refused_by_every_reader() =>
        Run(Environment.GetEnvironmentVariable("WORKSPACES_FUZZ_SECONDS") is { } said ? double.Parse(said, CultureInfo.InvariantCulture) : InALongRun);

    private void Run(double seconds)
    {
        int seed = Environment.GetEnvironmentVariable("WORKSPACES_FUZZ_SEED") is { } said ? int.Parse(said, CultureInfo.InvariantCulture) : Environment.TickCount;
        IHostileReader[] readers =
        [
            .. typeof(AllReadersTests).Assembly.GetTypes().Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IHostileReader)))
                .Select(static type => (IHostileReader)Activator.CreateInstance(type)!),
        ];
        var failures = new Exception?[readers.Length];
        int[] files = new int[readers.Length];
        Thread[] threads = [.. readers.Select((reader, i) => new Thread(() => failures[i] = Fuzz(reader, seconds, seed, out files[i])))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        for (int i = 0; i < readers.Length; i++) output.WriteLine($"{readers[i].GetType().Name}: {files[i]} files of seed {seed}");
        Assert.All(failures, static failure => Assert.True(failure is null, failure?.Message));
        Assert.All(files, static count => Assert.True(count > 100, $"only {count} files")); // else nobody has looked
    }

    private static Exception? Fuzz(IHostileReader reader, double seconds, int seed, out int files)
    {
        using var fuzzer = new HostileFuzzer(reader);
        try
        {
            fuzzer.Run(seconds, int.MaxValue, seed);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
        finally
        {
            files = fuzzer.Files;
        }
    }
}
