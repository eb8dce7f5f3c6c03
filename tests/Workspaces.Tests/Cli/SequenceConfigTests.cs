using System.Text.Json;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Cli;

/// <summary>Sequence models from run files.</summary>
[Collection(nameof(AloneCollection))]
public sealed class SequenceConfigTests
{
    private const string Small = """
        {
          "Model": { "Layers": [
            { "Type": "Embedding", "Count": 28, "Width": 16 },
            { "Type": "PositionalEmbedding", "Length": 8, "Width": 16 },
            { "Type": "TransformerBlock", "Width": 16, "Heads": 2, "Dropout": 0.1 },
            { "Type": "GRU", "InputSize": 16, "HiddenSize": 8, "Layers": 2, "Bidirectional": false, "Dropout": 0.1 },
            { "Type": "RMSNorm", "Width": 8 },
            { "Type": "Linear", "InFeatures": 8, "OutFeatures": 28 } ] },
          "Loss": { "Type": "CrossEntropy" },
          "Optimizer": { "Type": "Adam", "LearningRate": 0.01 },
          "Data": { "Type": "Text", "File": "text.txt", "Length": 8, "BatchSize": 4, "ValidationFraction": 0.2 },
          "Training": { "Epochs": 3, "Seed": 1, "Threads": 1 }
        }
        """;

    [Fact]
    public void A_small_model_learns_a_text_and_reports_the_loss_of_the_part_kept_aside()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, Small);
        (int code, string output, string errors) = InProcess.Run("train", path, "--json");
        Assert.Equal((0, ""), (code, errors));
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.InRange(json.GetProperty("test_loss").GetDouble(), 0.01, 2.9);
        Assert.InRange(json.GetProperty("test_accuracy").GetDouble(), 0.2, 1);
        Assert.Equal("Planned", json.GetProperty("pass_state").GetString());
        Assert.InRange(json.GetProperty("arena_peak_bytes").GetDouble(), 1, 1.02 * json.GetProperty("lower_bound_bytes").GetDouble());
    }

    [Theory]
    [InlineData("char-gpt.json")]
    [InlineData("char-lstm.json")]
    public void The_run_files_of_the_repository_make_their_models(string name)
    {
        RunConfiguration run = RunConfiguration.Load(Path.Combine(TestFolders.Root, "configs", name), []);
        using TrainingRun made = TrainingRun.CreateForShapes(run);
        Assert.True(made.Model.ParameterCount > 400_000);
        Assert.All(made.Forecast().Passes, static pass => Assert.True(pass.PlannedBytes <= 1.02 * pass.LowerBoundBytes));
    }

    [Theory]
    [InlineData("\"Heads\": 2", "\"Heads\": 3", "Model:Layers:2")]
    [InlineData("\"Count\": 28", "\"Count\": 0", "Model:Layers:0:Count")]
    [InlineData("\"Layers\": 2", "\"Layer\": 2", "Model:Layers:3:Layer")]
    [InlineData("\"File\": \"text.txt\", ", "", "Data:File")]
    [InlineData("\"Length\": 8, \"BatchSize\"", "\"Length\": 0, \"BatchSize\"", "Data:Length")]
    [InlineData("0.2", "1.5", "Data:ValidationFraction")]
    public void Wrong_options_are_named_by_their_path(string right, string wrong, string path)
    {
        using var folder = new TemporaryFolder();
        string file = Write(folder, Small.Replace(right, wrong, StringComparison.Ordinal));
        var error = Assert.Throws<ConfigurationException>(() => TrainingRun.Create(RunConfiguration.Load(file, [])).Dispose());
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Count\": 28, \"Width\": 16", "\"Count\": 28, \"Width\": 12", "Model:Layers:1: the layer PositionalEmbedding")]
    [InlineData("\"Length\": 8, \"Width\"", "\"Length\": 4, \"Width\"", "Model:Layers:1: the layer PositionalEmbedding")]
    [InlineData("\"InputSize\": 16", "\"InputSize\": 17", "Model:Layers:3: the layer GRU")]
    [InlineData("\"InFeatures\": 8", "\"InFeatures\": 9", "Model:Layers:5: the layer Linear")]
    public void Layers_that_do_not_fit_together_are_named_with_their_path(string right, string wrong, string expected)
    {
        using var folder = new TemporaryFolder();
        string file = Write(folder, Small.Replace(right, wrong, StringComparison.Ordinal));
        foreach (string verb in new[] { "train", "plan" })
        {
            (int code, _, string errors) = InProcess.Run(verb, file, "--json");
            Assert.Equal(2, code);
            Assert.Contains(expected, errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"stepp\": {}", "Workspaces:stepp")]
    [InlineData("\"Manager\": { \"Quotas\": { \"stepp\": \"1 GiB\" } }", "Workspaces:Manager:Quotas:stepp")]
    public void A_name_of_a_workspace_that_no_run_has_is_an_error(string written, string path)
    {
        using var folder = new TemporaryFolder();
        string file = Write(folder, Small.Replace("\"Loss\"", $"\"Workspaces\": {{ {written} }}, \"Loss\"", StringComparison.Ordinal));
        var error = Assert.Throws<ConfigurationException>(() => TrainingRun.Create(RunConfiguration.Load(file, [])).Dispose());
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_workspaces_and_quotas_that_the_program_has_of_its_own_are_right_in_a_run_and_in_what_goes_on_from_it()
    {
        using var folder = new TemporaryFolder();
        const string more = """
            "Service": { "Port": 80 }, "Workspaces": { "serve": { "MaxSize": "1 MiB" }, "Manager": { "Quotas": { "serve": "2 MiB" } } }, "Loss"
            """;
        string file = Write(folder, Small.Replace("\"Loss\"", more.Trim(), StringComparison.Ordinal)), kept = Path.Combine(folder.Path, "kept");
        var sources = new RunSources { RunFile = file, MoreSections = ["Service"], MoreWorkspaces = ["serve"], Settings = [$"Training:CheckpointFolder={kept}", "Training:MaxSteps=2"] };
        using (TrainingRun run = TrainingRun.Create(RunConfiguration.Load(sources))) run.Train();
        var error = Assert.Throws<ConfigurationException>(() => TrainingRun.Create(RunConfiguration.Load(sources with { MoreWorkspaces = [] })).Dispose());
        Assert.Equal(["Workspaces:serve"], error.Problems.Select(static problem => problem.Path));

        // Another program, the tool, goes on with it and uses it: what it does not know was right where it was written.
        (int code, _, string errors) = InProcess.Run("resume", kept, "--max-steps", "4", "--json");
        Assert.Equal((0, ""), (code, errors));
        (code, _, errors) = InProcess.Run("resume", kept, "--max-steps", "6", "--json"); // also from the checkpoint that the tool has written
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal("80", Workspaces.Train.Checkpoint.Read(Workspaces.Train.CheckpointFolder.Newest(kept)).Configuration["Service:Port"]);
        using TrainedModel model = TrainedModel.Load(kept);
        Assert.Equal("80", model.Configuration.Root["Service:Port"]);
    }

    [Fact]
    public void Every_layer_loss_and_data_set_is_in_the_page_about_the_configuration()
    {
        string page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "configuration.md"));
        var components = new Components();
        string[] names = [.. components.Layers.Names, .. components.Losses.Names, .. components.DataSets.Names];
        Assert.DoesNotContain(names, name => !page.Contains($"`{name}`", StringComparison.Ordinal));
    }

    private static string Write(TemporaryFolder folder, string json)
    {
        string letters = string.Concat(Enumerable.Repeat("abcdefghijklmnopqrstuvwxyz, ", 60));
        File.WriteAllText(Path.Combine(folder.Path, "text.txt"), letters);
        string path = Path.Combine(folder.Path, "run.json");
        File.WriteAllText(path, json);
        return path;
    }
}
