using System.Diagnostics;
using System.Text.Json;
using Workspaces.Tests.Cli;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Reports;

/// <summary>Reports of runs that were cut off: what goes on behind a checkpoint, and files that end too early.</summary>
[Collection(nameof(AloneCollection))]
public sealed class CutOffReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cut-off").FullName;

    private static string Mlp => Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json");

    private string Page => Path.Combine(_folder, "page.html");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Resume_draws_what_follows_the_checkpoint_and_nothing_before()
    {
        string checkpoints = Path.Combine(_folder, "checkpoints");
        (int code, _, string errors) = Run(
            "train", Mlp, "--epochs", "1", "--max-steps", "30", "--threads", "1", "--set", $"Training:CheckpointFolder={checkpoints}", "--set", "Training:CheckpointEvery=30", "--json");
        Assert.Equal((0, ""), (code, errors));

        (code, string output, errors) = Run("resume", checkpoints, "--max-steps", "50", "--report", Page, "--json");

        Assert.Equal((0, ""), (code, errors));
        JsonElement result = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
        Assert.Equal(50, result.GetProperty("steps").GetInt64());
        PageData page = new(File.ReadAllText(Page));
        Assert.Equal([.. Enumerable.Range(31, 20).Select(static step => (long)step)], page.Root.GetProperty("curve").EnumerateArray().Select(static point => point[0].GetInt64()));
        JsonElement training = page.Pass("training, 128 samples");
        Assert.Equal("planned", training.GetProperty("state").GetString());
        PageData.AssertNothingOverlaps(training);
        Assert.Equal(result.GetProperty("lower_bound_bytes").GetInt64(), page.Passes.Max(static pass => pass.GetProperty("lastUseBound").GetInt64()));
        Assert.Equal(result.GetProperty("arena_peak_bytes").GetInt64(), page.Passes.Max(static pass => pass.GetProperty("planPeak").GetInt64()));
        Assert.Equal(20, page.Root.GetProperty("runs").EnumerateArray()
            .Where(static run => run[0].GetString()!.StartsWith("training", StringComparison.Ordinal) && run[1].GetString() == "planned").Sum(static run => run[2].GetInt64()));
        Assert.Contains(page.Root.GetProperty("configuration").EnumerateArray(), static value => value[0].GetString() == "Training:MaxSteps" && value[1].GetString() == "50");
    }

    [Fact]
    public void A_place_that_cannot_be_written_and_a_checkpoint_that_is_cut_off_are_refused_and_leave_no_page()
    {
        string checkpoints = Path.Combine(_folder, "checkpoints");
        Assert.Equal(0, Run("train", Mlp, "--epochs", "1", "--max-steps", "2", "--set", $"Training:CheckpointFolder={checkpoints}", "--set", "Training:CheckpointEvery=2", "--json").Code);
        AssertRefusedWithoutPage("asked by resume --report", "resume", checkpoints, "--report", Path.Combine(_folder, "nowhere", "page.html"), "--json");

        string newest = Directory.GetFiles(checkpoints, "*.safetensors").Order(StringComparer.Ordinal).Last();
        byte[] whole = File.ReadAllBytes(newest);
        foreach (int length in (int[])[0, 7, 100, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(newest, whole[..length]);
            AssertRefusedWithoutPage(Path.GetFileName(newest), "resume", newest, "--report", Page, "--json");
        }
    }

    [Fact]
    public void A_trace_or_plan_that_is_cut_anywhere_is_drawn_as_far_as_its_lines_are_whole_or_refused_with_the_line()
    {
        string trace = Path.Combine(_folder, "step.csv"), plan = Path.Combine(_folder, "plan.csv");
        Assert.Equal(0, Run("train", Mlp, "--epochs", "1", "--max-steps", "2", "--trace-out", trace, "--json").Code);
        Assert.Equal(0, Run("plan", trace, "--out", plan).Code);
        foreach (string whole in (string[])[trace, plan])
        {
            string text = File.ReadAllText(whole);
            (long Low, long High)[] boxes = Sizes(whole);
            string cut = Path.Combine(_folder, "cut.csv");
            int refused = 0, drawn = 0;
            for (int length = text.Length - 1; length > 0; length -= length > text.Length - 80 ? 1 : 97)
            {
                File.WriteAllText(cut, text[..length]);
                (int code, _, string errors) = Run("report", cut, "--out", Page, "--seconds", "0");
                if (code == 0)
                {
                    (long Low, long High)[] seen = BoxSizes();
                    Assert.Equal(boxes[..seen.Length], seen);
                    File.Delete(Page);
                    drawn++;
                }
                else
                {
                    Assert.Equal(2, code);
                    Assert.Contains("cut.csv", errors, StringComparison.Ordinal);
                    Assert.Contains("Remedy:", errors, StringComparison.Ordinal);
                    Assert.False(File.Exists(Page));
                    refused++;
                }
            }

            Assert.True(refused > 10 && drawn > 0, $"{refused} refused, {drawn} drawn");
        }
    }

    [Fact]
    public void One_file_of_a_folder_that_is_cut_off_is_named_and_no_page_is_left()
    {
        string runs = Directory.CreateDirectory(Path.Combine(_folder, "runs")).FullName;
        File.WriteAllText(Path.Combine(runs, "a.csv"), "id,lower,upper,size\n0,0,2,64\n");
        File.WriteAllText(Path.Combine(runs, "b.csv"), "id,lower,upper,size\n0,0,2,64\n1,0,");

        AssertRefusedWithoutPage("b.csv", "report", runs, "--out", Page);
    }

    [Fact]
    public void A_run_that_is_stopped_draws_what_there_was()
    {
        // A limit of steps in the middle of an epoch stands for the stop: the page has the steps taken and no epoch.
        Assert.Equal(0, Run("train", Mlp, "--max-steps", "7", "--report", Page, "--json").Code);

        JsonElement root = new PageData(File.ReadAllText(Page)).Root;
        Assert.Equal(7, root.GetProperty("curve").GetArrayLength());
    }

    [Fact]
    public void A_run_that_is_killed_leaves_no_page_and_an_older_one_alone()
    {
        foreach (string? older in (string?[])[null, "older"])
        {
            if (older is not null) File.WriteAllText(Page, older);
            string history = Path.Combine(_folder, "history.csv");
            using Process process = OwnProcess.Start(
                [], "train", Mlp, "--epochs", "1000", "--threads", "1", "--report", Page, "--set", $"Training:History={history}", "--json");
            Assert.True(SpinWait.SpinUntil(() => File.Exists(history) && new FileInfo(history).Length > 40, TimeSpan.FromMinutes(1)), "no epoch ended");
            process.Kill();
            process.WaitForExit();

            Assert.Equal(older is null ? [history] : [history, Page], Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
            if (older is not null) Assert.Equal(older, File.ReadAllText(Page));
            File.Delete(history);
        }
    }

    [Fact]
    public void A_link_is_followed_and_nothing_lies_beside_the_page()
    {
        string trace = Path.Combine(_folder, "a.csv"), pages = Directory.CreateDirectory(Path.Combine(_folder, "pages")).FullName, real = Path.Combine(pages, "real.html");
        File.WriteAllText(trace, "id,lower,upper,size\n0,0,2,64\n");
        File.WriteAllText(real, "older");
        File.CreateSymbolicLink(Page, real);

        Assert.Equal(0, Run("report", trace, "--out", Page).Code);

        Assert.NotNull(new FileInfo(Page).LinkTarget);
        Assert.Contains("<html", File.ReadAllText(real), StringComparison.Ordinal);
        Assert.Equal([real], Directory.GetFiles(pages));
    }

    private (long Low, long High)[] Sizes(string path)
    {
        Assert.Equal(0, Run("report", path, "--out", Page, "--seconds", "0").Code);
        (long, long)[] sizes = BoxSizes();
        File.Delete(Page);
        return sizes;
    }

    /// <summary>Birth and size of each block; places depend on what else there is.</summary>
    private (long Birth, long Bytes)[] BoxSizes()
    {
        JsonElement pass = Assert.Single(new PageData(File.ReadAllText(Page)).Passes);
        return [.. PageData.Column(pass, "birth").Zip(PageData.Boxes(pass), static (birth, box) => (birth, box.High - box.Low))];
    }

    private void AssertRefusedWithoutPage(string expected, params string[] arguments)
    {
        AssertRefused(expected, arguments);
        Assert.False(File.Exists(Page));
    }
}
