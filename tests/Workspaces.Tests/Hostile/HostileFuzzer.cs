using System.Diagnostics;
using Workspaces.Memory;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Hostile;

/// <summary>
/// Holds one reader to its limits with one damaged file after the other. What a file costs is measured on the calling thread and in a manager of its own,
/// so fuzzers of several readers may work at the same time.
/// </summary>
internal sealed class HostileFuzzer : IDisposable
{
    /// <summary>Longest time for one file of a few kilobytes, on a machine that does other things too.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly IHostileReader _reader;
    private readonly string _name;
    private readonly byte[][] _seeds;
    private readonly WorkspaceManager _manager = new();
    private readonly TemporaryFolder _folder = new();

    internal HostileFuzzer(IHostileReader reader)
    {
        (_reader, _name, _seeds) = (reader, reader.GetType().Name, [.. reader.Seeds]);
    }

    /// <summary>Files that were tried.</summary>
    internal int Files { get; private set; }

    public void Dispose()
    {
        _manager.Dispose();
        _folder.Dispose();
    }

    /// <summary>Damaged files, as many as there is time for.</summary>
    /// <param name="seconds">Time.</param>
    /// <param name="files">The most files.</param>
    /// <param name="seed">Damage is the same for the same seed.</param>
    internal void Run(double seconds, int files, int seed)
    {
        foreach (byte[] correct in _seeds) Try(correct, "a correct file"); // compiles what runs, so that the first bad file is measured fairly
        Try([], "an empty file");
        var mutator = new Mutator(_seeds, seed);
        long begin = Stopwatch.GetTimestamp();
        for (int done = 0; done < files && Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds; done++) Try(mutator.Next(), $"seed {seed}, file {done}");
    }

    /// <summary>Each correct file as it is.</summary>
    internal void ReadCorrect()
    {
        foreach (byte[] seed in _seeds) _reader.Read(_folder.Write("hostile.bin", seed), _manager);
    }

    /// <summary>Correct files that end too early.</summary>
    internal void TryCuts()
    {
        foreach (byte[] seed in _seeds)
        {
            for (int length = 0; length < seed.Length; length += 1 + (length / 64)) Try(seed[..length], $"a cut to {length} bytes");
        }
    }

    /// <summary>One file: fails the test when the reader does anything else than return or refuse within its limits.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="what">Says how to make them again.</param>
    internal void Try(byte[] file, string what)
    {
        Files++;
        string path = _folder.Write("hostile.bin", file);
        long begin = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread(), native = _manager.Memory.Committed;
        Exception? thrown = null;
        try
        {
            _reader.Read(path, _manager);
        }
        catch (Exception error)
        {
            thrown = error;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, grown = _manager.Memory.Committed - native;
        string? problem = Judge(thrown, file.Length, allocated, grown, Stopwatch.GetElapsedTime(begin), path);
        if (problem is null && Directory.GetFileSystemEntries(_folder.Path).Length != 1) problem = "other files have appeared beside it";
        if (problem is null) return;
        string kept = Path.Combine(Path.GetTempPath(), $"{_name}-{Guid.NewGuid():N}");
        File.WriteAllBytes(kept, file);
        Assert.Fail($"{_name}, {what}, {file.Length} bytes kept as {kept}: {problem}");
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
