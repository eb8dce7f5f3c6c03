using Workspaces.Tests.IO;

namespace Workspaces.Tests.Examples;

/// <summary>The examples run as programs of their own and print what the README says.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ExampleTests
{
    private const int LongestExample = 120;

    private const string TinyGpt = """
        {
          "Model": { "Layers": [
            { "Type": "Embedding", "Count": COUNT, "Width": 8 },
            { "Type": "PositionalEmbedding", "Length": 8, "Width": 8 },
            { "Type": "TransformerBlock", "Width": 8, "Heads": 2 },
            { "Type": "Linear", "InFeatures": 8, "OutFeatures": COUNT } ] },
          "Loss": { "Type": "CrossEntropy" },
          "Optimizer": { "Type": "AdamW", "LearningRate": 0.001 },
          "Data": { "Type": "Text", "File": "text.txt", "Length": 8, "BatchSize": 4, "ValidationFraction": 0.2 },
          "Training": { "Threads": 1 }
        }
        """;

    private const string TinyLstm = """
        {
          "Model": { "Layers": [
            { "Type": "Embedding", "Count": COUNT, "Width": 8 },
            { "Type": "LSTM", "InputSize": 8, "HiddenSize": 8 },
            { "Type": "Linear", "InFeatures": 8, "OutFeatures": COUNT } ] },
          "Loss": { "Type": "CrossEntropy" },
          "Optimizer": { "Type": "AdamW", "LearningRate": 0.001 },
          "Data": { "Type": "Text", "File": "text.txt", "Length": 8, "BatchSize": 4, "ValidationFraction": 0.2 },
          "Training": { "Threads": 1 }
        }
        """;

    public static TheoryData<string> Examples => [.. Names];

    private static IEnumerable<string> Names =>
        Directory.GetDirectories(Path.Combine(TestFolders.Root, "examples")).Select(Path.GetFileName).OfType<string>().Where(static name => name != "data");

    [Theory]
    [MemberData(nameof(Examples))]
    public void Examples_are_at_most_120_lines_long(string name) =>
        Assert.InRange(File.ReadLines(Path.Combine(TestFolders.Root, "examples", name, "Program.cs")).Count(), 1, LongestExample);

    [Theory]
    [MemberData(nameof(Examples))]
    public void Examples_have_their_settings_in_configs(string name)
    {
        string program = File.ReadAllText(Path.Combine(TestFolders.Root, "examples", name, "Program.cs"));
        Assert.Contains(Directory.GetFiles(Path.Combine(TestFolders.Root, "configs")), file => program.Contains($"configs/{Path.GetFileName(file)}", StringComparison.Ordinal));
    }

    [Fact]
    public void FirstWorkspace_prints_what_the_readme_says()
    {
        string output = ExampleProgram.Run("FirstWorkspace");
        string readme = File.ReadAllText(Path.Combine(TestFolders.Root, "README.md"));

        Assert.Contains("sum of a 32×32 tensor of twos: 2048", output, StringComparison.Ordinal);
        Assert.Contains("after the pass: Cannot", output, StringComparison.Ordinal);
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("workspace", StringComparison.Ordinal)))
            Assert.Contains(line.TrimEnd(), readme, StringComparison.Ordinal);
    }

    [Fact]
    public void HandWrittenLoop_learns_with_the_workspace_outside_and_inside()
    {
        string[] lines = ExampleProgram.Run("HandWrittenLoop").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(4, lines.Length);
        Assert.All(lines[..3], line => Assert.StartsWith("outside: epoch", line, StringComparison.Ordinal));
        Assert.StartsWith("inside: loss", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void PlannedService_is_planned_from_the_first_call_of_its_second_run()
    {
        string[] lines = ExampleProgram.Run("PlannedService").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(10, lines.Length);
        Assert.Contains("Learning", lines[1], StringComparison.Ordinal);
        Assert.All([.. lines[2..4], .. lines[6..9]], line => Assert.Contains("Planned, 0 deviations", line, StringComparison.Ordinal));
        Assert.Equal("second run: plans loaded", lines[5]);
        Assert.StartsWith("  learning took 0 bytes", lines[9], StringComparison.Ordinal);
    }

    [Fact]
    public void JsonTrainer_trains_a_run_file()
    {
        string output = ExampleProgram.Run("JsonTrainer", Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json"), "Training:Epochs=1");
        Assert.Contains("epoch 1/1", output, StringComparison.Ordinal);
        Assert.Contains("test accuracy", output, StringComparison.Ordinal);
    }

    [Fact]
    public void CharGpt_trains_on_a_text_and_writes_without_garbage()
    {
        using var folder = new TemporaryFolder();
        string text = string.Concat(Enumerable.Repeat("to be, or not to be. ", 30)), file = Path.Combine(folder.Path, "run.json");
        File.WriteAllText(Path.Combine(folder.Path, "text.txt"), text);
        File.WriteAllText(file, TinyGpt.Replace("COUNT", $"{text.Distinct().Count()}", StringComparison.Ordinal));

        string output = ExampleProgram.Run("CharGpt", file, "Training:MaxSteps=4");
        string[] lines = output.Split('\n');
        int begin = Array.FindIndex(lines, static line => line.StartsWith("--- to be", StringComparison.Ordinal));

        Assert.Contains("4 steps, loss on the text kept aside", output, StringComparison.Ordinal);
        Assert.True(begin > 0, output);
        Assert.Equal(500, lines[begin + 1].TrimEnd('\r').Length);
        Assert.All(lines[begin + 1].TrimEnd('\r'), letter => Assert.Contains(letter, text));
        Assert.Contains(" ms and 0 bytes of garbage each", lines[begin + 2], StringComparison.Ordinal);
        ExampleProgram.AssertPrintsItsHeader("CharGpt", output);
        Assert.Equal("--- 512 B kept from character to character", lines[begin + 3].TrimEnd('\r'));
    }

    [Fact]
    public void CharGpt_writes_with_a_recurrent_model_too()
    {
        using var folder = new TemporaryFolder();
        string text = string.Concat(Enumerable.Repeat("to be, or not to be. ", 30)), file = Path.Combine(folder.Path, "run.json");
        File.WriteAllText(Path.Combine(folder.Path, "text.txt"), text);
        File.WriteAllText(file, TinyLstm.Replace("COUNT", $"{text.Distinct().Count()}", StringComparison.Ordinal));

        string output = ExampleProgram.Run("CharGpt", file, "Training:MaxSteps=4");

        Assert.Contains(" ms and 0 bytes of garbage each", output, StringComparison.Ordinal);
        Assert.Contains("--- 64 B kept from character to character", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FirstWorkspace")]
    [InlineData("HandWrittenLoop")]
    [InlineData("PlannedService")]
    [InlineData("CsvRegression")]
    [InlineData("FineTuning")]
    [InlineData("SpillingTraining")]
    [InlineData("ManyModels")]
    [InlineData("Metrics")]
    public void An_example_prints_what_its_header_says(string name) => ExampleProgram.AssertPrintsItsHeader(name, ExampleProgram.Run(name));

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_mistyped_key_and_a_missing_file_are_told_in_one_line(string name)
    {
        (int code, string errors) = ExampleProgram.Fail(name, "Trainin:Epochs=1");
        Assert.Equal(2, code);
        Assert.Contains("Trainin", Assert.Single(errors.Split('\n')), StringComparison.Ordinal);
        (code, errors) = ExampleProgram.Fail(name, "nowhere.json", "Training:Epochs=1");
        Assert.Equal(2, code);
        Assert.Contains("nowhere.json", Assert.Single(errors.Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ManyModels", "Data:Folder=nowhere")]
    [InlineData("SpillingTraining", "Training:Epochs=-1")]
    [InlineData("CsvRegression", "Data:File=")]
    public void A_mistake_that_shows_only_when_the_example_runs_is_told_in_one_line(string name, string setting)
    {
        (int code, string errors) = ExampleProgram.Fail(name, setting);
        Assert.Equal(2, code);
        Assert.Single(errors.Split('\n'));
    }

    [Fact]
    public void Settings_need_no_file_before_them()
    {
        string output = ExampleProgram.Run("JsonTrainer", "Training:Epochs=1", "Training:MaxSteps=3");
        Assert.Contains("test accuracy", output, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonTrainer_and_its_LeNet_print_what_the_header_says()
    {
        string output = ExampleProgram.Run("JsonTrainer", Path.Combine(TestFolders.Root, "configs", "mnist-lenet.json"), "Training:MaxSteps=30");
        ExampleProgram.AssertPrintsItsHeader("JsonTrainer", output);
    }

    [Fact]
    public void The_list_of_examples_has_all_of_them_with_the_lines_of_their_headers()
    {
        string page = File.ReadAllText(Path.Combine(TestFolders.Root, "examples", "README.md"));
        foreach (string name in Names)
        {
            Assert.Contains($"({name}/Program.cs)", page, StringComparison.Ordinal);
            Assert.All(ExampleProgram.Header(name), line => Assert.Contains(line.Trim(), page, StringComparison.Ordinal));
        }
    }
}
