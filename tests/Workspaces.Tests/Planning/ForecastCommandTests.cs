using System.Text.Json;
using System.Text.Json.Nodes;
using Workspaces.Cli;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Tests.IO;
using Workspaces.Train;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Planning;

/// <summary>The verb <c>plan CONFIG.json</c>: the memory of a run before it.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ForecastCommandTests
{
    private static string Config => Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json");

    [Fact]
    public void A_run_file_gives_the_bytes_of_its_run()
    {
        (int code, string output, string errors) = Run("plan", Config, "--json", "--threads", "1");

        Assert.Equal((0, ""), (code, errors));
        JsonElement json = JsonDocument.Parse(output).RootElement;
        long parameters = 4 * ((784 * 512) + 512 + (512 * 512) + 512 + (512 * 10)) + 64; // the last bias of 40 bytes fills a granule
        Assert.Equal(parameters, json.GetProperty("parameter_bytes").GetInt64());
        Assert.Equal(parameters, json.GetProperty("gradient_bytes").GetInt64());
        Assert.True(json.GetProperty("optimizer_bytes").GetInt64() >= 2 * (parameters - 64));
        long arena = json.GetProperty("arena_bytes").GetInt64(), bound = json.GetProperty("lower_bound_bytes").GetInt64();
        Assert.True(bound > 128 * 512 * 4 && bound <= arena, $"{bound} {arena}");
        Assert.True(json.GetProperty("plan_ms").GetDouble() > 0);
        JsonElement[] passes = [.. json.GetProperty("passes").EnumerateArray()];
        Assert.Equal(["training, 128 samples", "training, 64 samples", "evaluation, 128 samples", "evaluation, 80 samples"], passes.Select(static pass => pass.GetProperty("name").GetString()));
        Assert.Equal(arena, passes.Max(static pass => pass.GetProperty("planned_bytes").GetInt64()));
    }

    [Fact]
    public void The_prediction_equals_what_training_counts()
    {
        RunConfiguration configuration = RunConfiguration.Load(Config, ["Training:MaxSteps=3", "Model:Layers:1:OutFeatures=64", "Model:Layers:3:InFeatures=64"]);
        using TrainingRun shapes = TrainingRun.CreateForShapes(configuration), real = TrainingRun.Create(configuration);

        MemoryForecast forecast = shapes.Forecast();
        TrainResult result = real.Train();

        Assert.Equal(0, shapes.Manager.Memory.Committed);
        Assert.Equal(real.Manager.Persistent.ParameterBytes, forecast.ParameterBytes);
        Assert.Equal(real.Manager.Persistent.GradientBytes, forecast.GradientBytes);
        Assert.Equal(real.Manager.Persistent.StateBytes, forecast.OptimizerBytes);
        Assert.Equal(result.Memory.LowerBoundBytes, forecast.Passes[0].LowerBoundBytes);
        Assert.Contains(result.Memory.ArenaPeakBytes, forecast.Passes.Select(static pass => pass.PlannedBytes));
        Assert.Equal(forecast, shapes.Forecast() with { Passes = forecast.Passes });
    }

    [Theory]
    [InlineData("PolicyAllocation=Always")]
    [InlineData("PolicyLearning=None", "InitialSize=300000")]
    [InlineData("PolicyLearning=None", "InitialSize=64MiB")]
    [InlineData("WorkspaceMode=None")]
    [InlineData("Lifetimes=LastUse")]
    public void The_prediction_holds_for_passes_without_plans_too(params string[] settings)
    {
        RunConfiguration configuration = RunConfiguration.Load(
            Config, ["Training:MaxSteps=3", "Training:Threads=1", .. settings.Select(static setting => $"Workspaces:step:{setting}")]);
        using TrainingRun shapes = TrainingRun.CreateForShapes(configuration), real = TrainingRun.Create(configuration);

        Assert.Equal(real.Train().Memory.ArenaPeakBytes, shapes.Forecast().ArenaBytes);
    }

    [Theory]
    [InlineData("1MiB", false)]
    [InlineData("64MiB", true)]
    [InlineData("0", true)]
    public void A_cap_below_the_prediction_is_said(string cap, bool fits)
    {
        string setting = $"Workspaces:step:MaxSize={cap}";
        (int code, string output, _) = Run("plan", Config, "--set", setting, "--json");
        Assert.Equal((0, fits), (code, (bool)JsonNode.Parse(output)!["fits_max_size"]!));
        (code, output, _) = Run("plan", Config, "--set", setting);
        Assert.Equal((0, !fits), (code, output.Contains("does not fit", StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_the_heads_of_the_data_are_read()
    {
        using var folder = new TemporaryFolder();
        byte[] images = IdxWriter.Counting(300, 28, 28)[..16], labels = IdxWriter.Counting(300)[..8];
        foreach (string part in (string[])["train", "test"])
        {
            folder.Write($"{part}-images-idx3-ubyte.gz", IdxWriter.Gzip(images));
            folder.Write($"{part}-labels-idx1-ubyte.gz", IdxWriter.Gzip(labels));
        }

        string setting = $"Data:Folder={folder.Path}";
        Assert.Equal(0, Run("plan", Config, "--set", setting, "--json").Code);
        Assert.Equal(2, Run("train", Config, "--set", setting, "--json").Code);
    }

    [Fact]
    public void Settings_change_the_prediction_and_people_get_a_table()
    {
        Assert.True(Bytes("Data:BatchSize=256") > Bytes("Data:BatchSize=64"));
        (int code, string output, _) = Run("plan", Config, "--epochs", "3", "--max-steps", "9");
        Assert.Equal(0, code);
        foreach (string word in (string[])["training, 128 samples", "evaluation, 80 samples", "parameters", "optimizer", "together", "ms"])
            Assert.Contains(word, output, StringComparison.Ordinal);

        static long Bytes(string setting) => (long)JsonNode.Parse(Run("plan", Config, "--set", setting, "--json").Output)!["arena_bytes"]!;
    }

    [Theory]
    [InlineData("no-such-file.json")]
    [InlineData("{config}", "--set", "Model:Layrs=1")]
    [InlineData("{config}", "--set", "Model:Layers:3:InFeatures=400")]
    [InlineData("{config}", "--set", "Data:Folder=nowhere")]
    [InlineData("{config}", "--epochs", "many")]
    [InlineData("{config}", "--threads", "-1")]
    [InlineData("{config}", "--out", "plan.csv")]
    [InlineData("{config}", "--align", "64")]
    [InlineData("{trace}", "--set", "Data:BatchSize=1")]
    [InlineData("{trace}", "--epochs", "1")]
    public void Bad_input_gives_one_message_and_exit_code_2(params string[] arguments)
    {
        string[] filled =
        [
            .. arguments.Select(static argument => argument.Replace("{config}", Config, StringComparison.Ordinal)
                .Replace("{trace}", TraceFiles.PathOf("minimalloc_A"), StringComparison.Ordinal)),
        ];
        (int code, string output, string errors) = Run(["plan", .. filled, "--json"]);
        Assert.Equal((2, ""), (code, output));
        Assert.NotEmpty(errors);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
