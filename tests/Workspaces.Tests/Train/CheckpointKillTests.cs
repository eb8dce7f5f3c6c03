using System.Diagnostics;
using System.Globalization;
using System.Text;
using Workspaces.Tests.Cli;
using Workspaces.Tests.IO;
using Workspaces.Train;
using Xunit.Abstractions;

namespace Workspaces.Tests.Train;

/// <summary>A process that writes checkpoints one after the other is killed at any moment: what stands in the folder can be read.</summary>
[Collection(nameof(AloneCollection))]
public sealed class CheckpointKillTests(ITestOutputHelper output)
{
    private const string Run = """
        {
          "Model": { "Layers": [ { "Type": "Linear", "InFeatures": 3, "OutFeatures": 300 }, { "Type": "Tanh" }, { "Type": "Linear", "InFeatures": 300, "OutFeatures": 300 },
            { "Type": "Linear", "InFeatures": 300, "OutFeatures": 2 } ] },
          "Loss": { "Type": "CrossEntropy" },
          "Optimizer": { "Type": "Adam", "LearningRate": 0.001 },
          "Data": { "Type": "Csv", "File": "table.csv", "BatchSize": 8, "ValidationFraction": 0 },
          "Training": { "Epochs": 1000000, "Threads": 1, "CheckpointFolder": "kept", "CheckpointEvery": 1, "KeepCheckpoints": 1 }
        }
        """;

    [Fact]
    public void Twenty_kills_leave_a_checkpoint_each_time() => Kill(20, seed: 1);

    /// <summary>In two folders at once, because most of the time goes into starting processes.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public async Task Two_hundred_kills_leave_a_checkpoint_each_time()
    {
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(1, 2).Select(seed => Task.Run(() => Kill(100, seed))));
        output.WriteLine($"{Stopwatch.GetElapsedTime(begin).TotalSeconds:F0} s");
    }

    private void Kill(int kills, int seed)
    {
        using var folder = new TemporaryFolder();
        string kept = Path.Combine(folder.Path, "kept"), run = folder.Write("run.json", Encoding.UTF8.GetBytes(Run));
        var table = new StringBuilder("a,b,c,kind\n");
        for (int i = 0; i < 64; i++) table.Append(CultureInfo.InvariantCulture, $"{i % 5},{i % 7},{i % 3},{i % 2}\n");
        folder.Write("table.csv", Encoding.UTF8.GetBytes(table.ToString()));
        var random = new Random(seed);
        long newest = 0;
        int unfinished = 0;
        string[] beside = [];
        for (int i = 0; i < kills; i++)
        {
            // The first one begins, the others go on from what the one before has left.
            using Process process = i == 0 ? OwnProcess.Start([], "train", run, "--json") : OwnProcess.Start([], "resume", kept, "--json");
            while (!Advanced(kept, newest) && !process.WaitForExit(1))
            {
                // A pause that ends with the process; spinning would take the core that it needs.
            }

            Assert.False(process.HasExited, process.HasExited ? process.StandardError.ReadToEnd() : "");
            Assert.DoesNotContain(beside, File.Exists); // what the kill before had left is gone
            process.WaitForExit(random.Next(40)); // the moment of the kill is any within or between writes
            process.Kill();
            process.WaitForExit();
            IReadOnlyList<(long Step, string Path)> left = CheckpointFolder.List(kept);
            Assert.NotEmpty(left);
            foreach ((long step, string path) in left) Assert.Equal(step, Checkpoint.Read(path).Position.Step);
            Assert.True(left[^1].Step > newest);
            newest = left[^1].Step;
            beside = Directory.GetFiles(kept, "*.tmp");
            unfinished += beside.Length;
        }

        output.WriteLine($"{kills} kills, {unfinished} of them within a write, {newest} steps");
        Assert.NotEqual(0, unfinished); // else the test has looked away at the moments that matter
    }

    private static bool Advanced(string kept, long newest) => CheckpointFolder.List(kept) is [.., var last] && last.Step > newest;
}
