using System.Globalization;
using System.Text;
using System.Text.Json;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Cli;

/// <summary>Tables and transforms from run files.</summary>
[Collection(nameof(AloneCollection))]
public sealed class DataConfigTests
{
    private const string Regression = """
        {
          "Model": { "Layers": [
            { "Type": "Linear", "InFeatures": 5, "OutFeatures": 16 }, { "Type": "Tanh" }, { "Type": "Linear", "InFeatures": 16, "OutFeatures": 1 } ] },
          "Loss": { "Type": "MSE" },
          "Optimizer": { "Type": "Adam", "LearningRate": 0.01 },
          "Data": { "Type": "Csv", "File": "table.csv", "Task": "Regression", "Targets": [ "y" ], "Streaming": true, "Workers": 2, "BatchSize": 16,
            "Transforms": [ { "Type": "OneHot", "Column": 2, "Values": 3 }, { "Type": "Standardize" } ] },
          "Training": { "Epochs": 12, "Seed": 1, "Threads": 1 }
        }
        """;

    private static string Write(TemporaryFolder folder, string json)
    {
        var text = new StringBuilder("a,b,kind,y\n");
        for (int i = 0; i < 210; i++) text.Append(CultureInfo.InvariantCulture, $"{i % 17},{i % 5 * 100},{i % 3},{(0.1 * (i % 17)) - (i % 3)}\n");
        folder.Write("table.csv", Encoding.UTF8.GetBytes(text.ToString()));
        return folder.Write("run.json", Encoding.UTF8.GetBytes(json));
    }

    [Fact]
    public void A_regression_on_a_streamed_table_learns_runs_planned_and_makes_no_garbage()
    {
        using var folder = new TemporaryFolder();
        JsonElement json = OwnProcess.RunJson("train", Write(folder, Regression), "--set", "Data:Workers=0");
        Assert.InRange(json.GetProperty("train_loss").GetDouble(), 0, 0.3);
        Assert.InRange(json.GetProperty("test_loss").GetDouble(), 0, 0.3);
        Assert.Equal("Planned", json.GetProperty("pass_state").GetString());
        Assert.Equal(0, json.GetProperty("managed_bytes_per_step").GetDouble());
    }

    /// <summary>Without the thread that compiles methods again: when it ends, the runtime counts what it has left of its share of the heap, some 6 KB, as garbage.</summary>
    [Fact]
    public void Threads_of_the_loader_make_no_garbage_either()
    {
        using var folder = new TemporaryFolder();
        JsonElement json = OwnProcess.RunJsonWith(new() { ["DOTNET_TieredCompilation"] = "0" }, "train", Write(folder, Regression), "--set", "Training:Epochs=60");
        Assert.Equal((0, 0L), (json.GetProperty("managed_bytes_per_step").GetDouble(), json.GetProperty("deviations").GetInt64()));
    }

    [Fact]
    public void The_memory_of_such_a_run_is_forecast()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun run = TrainingRun.CreateForShapes(RunConfiguration.Load(Write(folder, Regression), []));
        Assert.All(run.Forecast().Passes, static pass => Assert.True(pass.PlannedBytes > 0));
    }

    [Theory]
    [InlineData("\"Values\": 3", "\"Values\": 0", "Data:Transforms:0:Values")]
    [InlineData("\"Column\": 2", "\"Column\": 9", "Data:Transforms:0")]
    [InlineData("\"Standardize\"", "\"Standardise\"", "Data:Transforms:1:Type")]
    [InlineData("[ \"y\" ]", "[ \"z\" ]", "Data")]
    [InlineData("\"File\": \"table.csv\", ", "", "Data:File")]
    [InlineData("\"Task\": \"Regression\"", "\"Task\": \"Guess\"", "Data:Task")]
    [InlineData("\"Streaming\": true", "\"Delimiter\": \"ab\"", "Data:Delimiter")]
    public void Wrong_options_name_their_path(string right, string wrong, string path)
    {
        using var folder = new TemporaryFolder();
        RunConfiguration run = RunConfiguration.Load(Write(folder, Regression.Replace(right, wrong, StringComparison.Ordinal)), []);
        var error = Assert.Throws<ConfigurationException>(() => TrainingRun.Create(run));
        Assert.Contains(path, error.Problems.Select(static problem => problem.Path));
    }

    [Fact]
    public void Classes_of_a_table_and_arrays_of_numpy_train_as_well()
    {
        using var folder = new TemporaryFolder();
        string classes = Regression.Replace("\"Task\": \"Regression\", \"Targets\": [ \"y\" ]", "\"Targets\": [ \"kind\" ]", StringComparison.Ordinal)
            .Replace("{ \"Type\": \"OneHot\", \"Column\": 2, \"Values\": 3 }, ", "", StringComparison.Ordinal)
            .Replace("\"InFeatures\": 5", "\"InFeatures\": 3", StringComparison.Ordinal).Replace("\"OutFeatures\": 1 }", "\"OutFeatures\": 3 }", StringComparison.Ordinal)
            .Replace("\"MSE\"", "\"CrossEntropy\"", StringComparison.Ordinal);
        (int code, string output, string errors) = InProcess.Run("train", Write(folder, classes), "--json");
        Assert.Equal((0, ""), (code, errors));
        Assert.InRange(JsonDocument.Parse(output).RootElement.GetProperty("test_accuracy").GetDouble(), 0.4, 1);

        string arrays = classes.Replace("\"Csv\", \"File\": \"table.csv\", \"Targets\": [ \"kind\" ], \"Streaming\": true", "\"Npy\", \"File\": \"plain.npz\", \"ValidationFraction\": 0", StringComparison.Ordinal)
            .Replace("\"Standardize\"", "\"Flatten\"", StringComparison.Ordinal).Replace("\"InFeatures\": 3", "\"InFeatures\": 12", StringComparison.Ordinal);
        File.Copy(GoldenFiles.PathOf("plain.npz"), Path.Combine(folder.Path, "plain.npz"));
        (code, _, errors) = InProcess.Run("train", Write(folder, arrays), "--json");
        Assert.Equal(0, code);
        Assert.Contains("Data:BatchSize is 16, and there are 2", errors, StringComparison.Ordinal);
    }
}
