using System.Diagnostics;
using System.Globalization;
using Workspaces.Memory;
using Workspaces.Tests.IO;
using Xunit.Abstractions;

namespace Workspaces.Tests.Hostile;

/// <summary>
/// What every reader of files must bear: whatever the bytes are, it returns or throws what it documents, with a message that names the file, in bounded time,
/// without memory that the file's length does not justify, and without touching other files. A reader is tested by deriving from this with its four lines.
/// </summary>
/// <typeparam name="TReader">The reader.</typeparam>
/// <remarks><c>WORKSPACES_FUZZ_SECONDS</c> sets how long the slow test runs; the default is 60.</remarks>
[Collection(nameof(AloneCollection))]
public abstract class HostileConformance<TReader>(ITestOutputHelper output)
    where TReader : IHostileReader, new()
{
    private const int QuickFiles = 1500;
    private const double QuickSeconds = 2;

    /// <summary>Longest time for one file of a few kilobytes, on a machine that does other things too.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly TReader _reader = new();
    private readonly List<byte[]> _seeds = [.. new TReader().Seeds];

    [Fact]
    public void Correct_files_are_read()
    {
        using var folder = new TemporaryFolder();
        foreach (byte[] seed in _seeds) _reader.Read(folder.Write("hostile.bin", seed));
    }

    [Fact]
    public void Damaged_files_are_read_or_refused() => Fuzz(QuickSeconds, QuickFiles, 1);

    [Fact]
    public void Every_cut_of_a_correct_file_is_read_or_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (byte[] seed in _seeds)
        {
            for (int length = 0; length < seed.Length; length += 1 + (length / 64)) Try(folder, seed[..length], $"a cut to {length} bytes");
        }
    }

    [Fact]
    public void Files_that_once_broke_a_reader_are_read_or_refused()
    {
        string kept = Path.Combine(TestFolders.Root, "tests", "Workspaces.Tests", "Hostile", "regressions");
        string prefix = typeof(TReader).Name + "-";
        using var folder = new TemporaryFolder();
        if (!Directory.Exists(kept)) return;
        foreach (string path in Directory.GetFiles(kept, prefix + "*")) Try(folder, File.ReadAllBytes(path), Path.GetFileName(path));
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Damaged_files_are_read_or_refused_for_a_minute()
    {
        string? said = Environment.GetEnvironmentVariable("WORKSPACES_FUZZ_SECONDS");
        double seconds = said is null ? 60 : double.Parse(said, CultureInfo.InvariantCulture);
        Fuzz(seconds, int.MaxValue, Environment.TickCount);
    }

    private void Fuzz(double seconds, int files, int seed)
    {
        output.WriteLine($"seed {seed}");
        using var folder = new TemporaryFolder();
        foreach (byte[] correct in _seeds) Try(folder, correct, "a correct file"); // compiles what runs, so that the first bad file is measured fairly
        Try(folder, [], "an empty file");
        var mutator = new Mutator(_seeds, seed);
        long begin = Stopwatch.GetTimestamp();
        int done = 0;
        for (; done < files && Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds; done++) Try(folder, mutator.Next(), $"seed {seed}, file {done}");
        output.WriteLine($"{done} files");
        Assert.True(done > 0);
    }

    private void Try(TemporaryFolder folder, byte[] file, string what)
    {
        string path = folder.Write("hostile.bin", file);
        long begin = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread();
        long native = WorkspaceManager.Default.Memory.Committed;
        Exception? thrown = null;
        try
        {
            _reader.Read(path);
        }
        catch (Exception error)
        {
            thrown = error;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, grown = WorkspaceManager.Default.Memory.Committed - native;
        string? problem = Judge(thrown, file.Length, allocated, grown, Stopwatch.GetElapsedTime(begin), path);
        if (problem is null && Directory.GetFileSystemEntries(folder.Path).Length != 1) problem = "other files have appeared beside it";
        if (problem is null) return;
        string kept = Path.Combine(Path.GetTempPath(), $"{typeof(TReader).Name}-{Guid.NewGuid():N}");
        File.WriteAllBytes(kept, file);
        Assert.Fail($"{typeof(TReader).Name}, {what}, {file.Length} bytes kept as {kept}: {problem}");
    }

    private string? Judge(Exception? thrown, int length, long allocated, long grown, TimeSpan time, string path)
    {
        if (thrown is not null && !_reader.IsDocumented(thrown)) return $"threw {thrown}";
        if (thrown is not null && _reader.NamesFile && !Mentions(thrown, path)) return $"threw a message without the file's name: {thrown.Message}";
        if (thrown is not null && thrown.Message.Length > _reader.LongestMessage) return $"threw a message of {thrown.Message.Length} characters";
        if (allocated > _reader.FixedBytes + ((long)length * _reader.BytesPerByte)) return $"took {allocated} managed bytes";
        if (grown > _reader.FixedBytes * 4L + ((long)length * _reader.BytesPerByte)) return $"took {grown} bytes of the system";
        return time > Longest ? $"took {time}" : null;
    }

    private static bool Mentions(Exception error, string path) => error.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal);
}
