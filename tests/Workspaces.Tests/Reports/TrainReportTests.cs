using System.Text.Json;
using Workspaces.Memory.Planning;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Reports;

/// <summary><c>train --report</c> and <c>report</c>: the page says what the run says, and bad input is refused in words.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TrainReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("report").FullName;

    private static string Mlp => Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json");

    private string Page => Path.Combine(_folder, "page.html");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_trained_run_shows_its_passes_with_the_numbers_of_their_plans()
    {
        (int code, string output, string errors) = Run("train", Mlp, "--epochs", "2", "--max-steps", "100", "--threads", "1", "--report", Page, "--json");

        Assert.Equal((0, ""), (code, errors));
        JsonElement run = JsonDocument.Parse(output).RootElement;
        PageData page = new(File.ReadAllText(Page));
        JsonElement training = page.Pass("training, 128 samples");
        Assert.Equal("planned", training.GetProperty("state").GetString());
        Assert.All(page.Passes, PageData.AssertNothingOverlaps);
        Assert.All(page.Passes, pass => Assert.Equal(PageData.MostLive(pass), pass.GetProperty("lowerBound").GetInt64()));
        Assert.Equal(run.GetProperty("lower_bound_bytes").GetInt64(), page.Passes.Max(pass => pass.GetProperty("lastUseBound").GetInt64()));
        Assert.Equal(run.GetProperty("arena_peak_bytes").GetInt64(), page.Passes.Max(pass => pass.GetProperty("planPeak").GetInt64()));
        Assert.Equal(PageData.Boxes(training).Max(static box => box.High), training.GetProperty("planPeak").GetInt64());
        Assert.Equal(PageData.Boxes(training).Sum(static box => box.High - box.Low), training.GetProperty("bump").GetInt64());
        Assert.Equal(["planned", "planned"], page.Passes.Where(static pass => pass.GetProperty("name").GetString()!.StartsWith("evaluation", StringComparison.Ordinal))
            .Select(static pass => pass.GetProperty("state").GetString()));
    }

    [Fact]
    public void Blocks_have_layers_shapes_kinds_and_the_line_of_the_run_file_that_made_them()
    {
        Assert.Equal(0, Run("train", Mlp, "--epochs", "1", "--max-steps", "3", "--report", Page, "--json").Code);

        JsonElement pass = new PageData(File.ReadAllText(Page)).Pass("training, 128 samples");
        string[] ops = PageData.Texts(pass, "op"), parts = PageData.Texts(pass, "part"), shapes = PageData.Texts(pass, "shape"), sites = PageData.Texts(pass, "site");
        long[] kinds = PageData.Column(pass, "kind"), births = PageData.Column(pass, "birth");
        int first = Array.FindIndex(ops, static op => op == "Linear");
        Assert.Equal(("1 Linear", "[128, 512]", 0L), (parts[first], shapes[first], kinds[first])); // rectified as it is written: layer 2 makes no block
        int line = Array.FindIndex(File.ReadAllLines(Mlp), static text => text.Contains("Linear", StringComparison.Ordinal)) + 1;
        Assert.Equal($"mnist-mlp.json:{line} (Model:Layers:1)", sites[first]);
        Assert.Equal("float32", PageData.Texts(pass, "dtype")[first]);
        int gradient = Array.FindLastIndex(ops, static op => op == "Linear");
        Assert.Equal(("1 Linear", 2L), (parts[gradient], kinds[gradient])); // on the way back through the same layer
        Assert.Equal([0, 1, 2, 3], kinds.Distinct().Order());
        Assert.All(births.Zip(kinds), block => Assert.True(block.Second != 2 || block.First > births[first]));
    }

    [Fact]
    public void Curves_passes_configuration_and_what_outlives_passes_are_there()
    {
        Assert.Equal(0, Run("train", Mlp, "--epochs", "2", "--max-steps", "100", "--report", Page, "--json").Code);

        JsonElement root = new PageData(File.ReadAllText(Page)).Root;
        Assert.Equal([.. Enumerable.Range(1, 100).Select(static step => (long)step)], root.GetProperty("curve").EnumerateArray().Select(static point => point[0].GetInt64()));
        Assert.Equal(2, root.GetProperty("epochs").GetArrayLength());
        Assert.Equal(63, root.GetProperty("stepsPerEpoch").GetInt64());
        var passes = root.GetProperty("runs").EnumerateArray().GroupBy(static run => (run[0].GetString()!, run[1].GetString()!))
            .ToDictionary(static group => group.Key, static group => group.Sum(static run => run[2].GetInt64()));
        Assert.Equal(100, passes.Where(static run => run.Key.Item1.StartsWith("training", StringComparison.Ordinal) && run.Key.Item2 == "planned").Sum(static run => run.Value));
        Assert.Equal(1, passes[("training, 128 samples", "shapes")]);
        Assert.Contains(root.GetProperty("configuration").EnumerateArray(), static value => value[0].GetString() == "Training:Epochs" && value[1].GetString() == "2");
        Assert.Contains(root.GetProperty("persistent").EnumerateArray(), static kind => kind[0].GetString() == "Parameters" && kind[1].GetInt64() > 2_000_000);
        Assert.True(root.GetProperty("memory")[0][1].GetInt64() > 0);
    }

    [Fact]
    public void A_run_that_spills_says_so()
    {
        Assert.Equal(0, Run(
            "train", Mlp, "--epochs", "1", "--max-steps", "12", "--set", "Workspaces:step:MaxSize=1MiB", "--report", Page, "--json").Code);

        PageData page = new(File.ReadAllText(Page));
        JsonElement pass = page.Pass("training, 128 samples");
        Assert.Equal("spilled", pass.GetProperty("state").GetString());
        long[] outside = PageData.Column(pass, "outside"), kinds = PageData.Column(pass, "kind");
        Assert.Contains((1L, 0L), outside.Zip(kinds)); // an activation that was spilled is one still
        Assert.Equal(PageData.Boxes(pass).Zip(outside).Where(static block => block.Second == 0).Max(static block => block.First.High), pass.GetProperty("arenaTop").GetInt64());
        Assert.InRange(pass.GetProperty("arenaTop").GetInt64(), 1, 1 << 20);
        Assert.True(pass.GetProperty("top").GetInt64() > 1 << 20);
        PageData.AssertNothingOverlaps(pass);
        Assert.Contains(page.Root.GetProperty("findings").EnumerateArray(), static finding => finding[0].GetString() == "WSF011" && finding[3].GetString()!.Contains("Remedy:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_file_is_drawn_before_it_runs_as_it_will_be_when_it_has_run()
    {
        (int code, string output, string errors) = Run("report", Mlp, "--out", Page);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains(Page, output, StringComparison.Ordinal);
        JsonElement before = new PageData(File.ReadAllText(Page)).Pass("training, 128 samples");
        Assert.Equal("shapes", before.GetProperty("state").GetString());
        Assert.Equal(0, Run("train", Mlp, "--epochs", "1", "--max-steps", "40", "--report", Page, "--json").Code);
        JsonElement after = new PageData(File.ReadAllText(Page)).Pass("training, 128 samples");
        Assert.Equal(PageData.Boxes(before), PageData.Boxes(after));
        Assert.Equal(PageData.Texts(before, "part"), PageData.Texts(after, "part"));
        Assert.Equal(PageData.Column(before, "kind"), PageData.Column(after, "kind"));
    }

    [Fact]
    public void A_saved_trace_is_drawn_with_the_plan_that_plan_finds()
    {
        string trace = Path.Combine(_folder, "step.csv"), plan = Path.Combine(_folder, "plan.csv");
        Assert.Equal(0, Run("train", Mlp, "--epochs", "1", "--max-steps", "2", "--trace-out", trace, "--json").Code);

        Assert.Equal(0, Run("report", trace, "--out", Page).Code);

        JsonElement pass = Assert.Single(new PageData(File.ReadAllText(Page)).Passes);
        PlanningProblem problem = TraceCsv.Read(trace);
        Assert.Equal(problem.LowerBound, pass.GetProperty("lowerBound").GetInt64());
        Assert.Equal(problem.LowerBound, pass.GetProperty("planPeak").GetInt64());
        Assert.Contains("CrossEntropy", PageData.Texts(pass, "op"));
        PageData.AssertNothingOverlaps(pass);

        Assert.Equal(0, Run("plan", trace, "--out", plan).Code);
        Assert.Equal(0, Run("report", plan, "--out", Page).Code);
        JsonElement planned = Assert.Single(new PageData(File.ReadAllText(Page)).Passes);
        using StreamReader reader = new(plan);
        Assert.Equal(TraceCsv.ReadPlan(reader, plan, problem).Offsets.ToArray(), PageData.Boxes(planned).Select(static box => box.Low));

        Assert.Equal(0, Run("report", _folder, "--out", Page).Code);
        Assert.Equal(2, new PageData(File.ReadAllText(Page)).Passes.Length);
    }

    [Theory]
    [InlineData("missing.csv", null, "there is no such file or folder")]
    [InlineData("missing.json", null, "Name a file that exists")]
    [InlineData("", null, "the name of the run is empty")]
    [InlineData("empty.csv", "", "line 1")]
    [InlineData("head.csv", "id,lower,upper,size\n", "it has no buffers")]
    [InlineData("bad.csv", "id,lower,upper,size\n0,0,x,64\n", "line 2")]
    [InlineData("overlap.csv", "id,lower,upper,size,offset\n0,0,2,64,0\n1,0,2,64,0\n", "plan the trace again")]
    [InlineData("bad.json", "{ \"Model\": ", "Correct the file")]
    public void Bad_input_is_refused_in_four_parts_and_leaves_no_page(string name, string? text, string expected)
    {
        string path = name.Length == 0 ? "" : Path.Combine(_folder, name);
        if (text is not null) File.WriteAllText(path, text);

        (int code, _, string errors) = Run("report", path, "--out", Page);

        Assert.Equal(2, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains(name.EndsWith(".json", StringComparison.Ordinal) ? name : "Remedy:", errors, StringComparison.Ordinal); // a configuration has words of its own
        Assert.False(File.Exists(Page));
    }

    [Fact]
    public void An_empty_folder_the_input_as_output_and_places_that_cannot_be_written_are_refused()
    {
        string trace = Path.Combine(_folder, "a.csv"), empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        File.WriteAllText(trace, "id,lower,upper,size\n0,0,1,64\n");
        AssertRefused("0 files *.csv", "report", empty, "--out", Page);
        AssertRefused("it is the file that is read", "report", trace, "--out", trace);
        AssertRefused("it is a folder", "report", trace, "--out", _folder);
        AssertRefused("in a folder that exists", "report", trace, "--out", Path.Combine(_folder, "nowhere", "page.html"));
        AssertRefused("between 0 and 86400", "report", trace, "--out", Page, "--seconds", "NaN");
        AssertRefused("a trace has no configuration", "report", trace, "--out", Page, "--epochs", "3");
        AssertRefused("in a folder that exists", "train", Mlp, "--report", Path.Combine(_folder, "nowhere", "page.html"), "--json");
        Assert.Equal("id,lower,upper,size\n0,0,1,64\n", File.ReadAllText(trace));
    }

    [Fact]
    public void A_run_that_fails_says_why_and_leaves_no_page()
    {
        AssertRefused(
            "MaxSize", "train", Mlp, "--max-steps", "2", "--set", "Workspaces:step:MaxSize=64KiB", "--set", "Workspaces:step:PolicySpill=Fail", "--report", Page, "--json");
        Assert.False(File.Exists(Page));
    }
}
