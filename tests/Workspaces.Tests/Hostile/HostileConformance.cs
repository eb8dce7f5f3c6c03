using Xunit.Abstractions;

namespace Workspaces.Tests.Hostile;

/// <summary>
/// What every reader of files must bear: whatever the bytes are, it returns or throws what it documents, with a message that names the file, in bounded time,
/// without memory that the file's length does not justify, and without touching other files. A reader is tested by deriving from this with its four lines;
/// <see cref="AllReadersTests"/> finds it then too.
/// </summary>
/// <typeparam name="TReader">The reader.</typeparam>
[Collection(nameof(AloneCollection))]
public abstract class HostileConformance<TReader>(ITestOutputHelper output)
    where TReader : IHostileReader, new()
{
    private const int QuickFiles = 1500, QuickSeed = 1;
    private const double QuickSeconds = 2;

    [Fact]
    public void Correct_files_are_read()
    {
        using var fuzzer = new HostileFuzzer(new TReader());
        fuzzer.ReadCorrect();
    }

    [Fact]
    public void Damaged_files_are_read_or_refused()
    {
        using var fuzzer = new HostileFuzzer(new TReader());
        fuzzer.Run(QuickSeconds, QuickFiles, QuickSeed);
        output.WriteLine($"{fuzzer.Files} files");
    }

    [Fact]
    public void Every_cut_of_a_correct_file_is_read_or_refused()
    {
        using var fuzzer = new HostileFuzzer(new TReader());
        fuzzer.TryCuts();
    }

    [Fact]
    public void Files_that_once_broke_a_reader_are_read_or_refused()
    {
        string kept = Path.Combine(TestFolders.Root, "tests", "Workspaces.Tests", "Hostile", "regressions");
        using var fuzzer = new HostileFuzzer(new TReader());
        foreach (string path in Directory.GetFiles(kept, typeof(TReader).Name + "-*")) fuzzer.Try(File.ReadAllBytes(path), Path.GetFileName(path));
    }
}
