using System.Globalization;
using System.Text.Json;
using Workspaces.Hosting.Progress;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Cli;

/// <summary>What people read of a training, and what the tool says to words that it does not know.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TrainOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("output").FullName;

    private static string Config => Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_summary_names_the_page_and_the_bytes_that_a_cap_has_put_elsewhere()
    {
        string page = Path.Combine(_folder, "page.html");
        (int code, string output, _) = Run("train", Config, "--max-steps", "3", "--threads", "1", "--report", page, "--set", "Workspaces:step:MaxSize=768KiB");

        Assert.Equal(0, code);
        Assert.EndsWith($"report             {page}", output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("step and scratch   648.0 KiB at most", output, StringComparison.Ordinal);
        Assert.Matches(@"spilled            \d+\.\d [KM]iB in 3 steps, \d+\.\d [KM]iB a step; MaxSize 768\.0 KiB", output);
        Assert.Matches(@"epoch 1/10 .* samples/s  arena 536\.1 KiB used", output); // what counts against the cap, not what is committed
    }

    [Fact]
    public void Without_a_cap_nothing_is_said_of_spills_and_an_epoch_is_printed_once()
    {
        (int code, string output, string errors) = Run("train", Config, "--max-steps", "3", "--threads", "1");

        Assert.Equal((0, ""), (code, errors));
        Assert.DoesNotContain("spilled", output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n'), static line => line.Contains("test", StringComparison.Ordinal) && line.StartsWith("epoch", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Model:Layers:1: the layer Linear", "Model:Layers:1:InFeatures=500")]
    [InlineData("Model:Layers:5: the layer Linear", "Model:Layers:5:InFeatures=500")]
    public void A_layer_that_does_not_fit_is_the_only_thing_that_is_said(string expected, string setting)
    {
        (int code, string output, string errors) = Run("train", Config, "--threads", "1", "--set", setting, "--set", "Workspaces:step:MaxSize=768KiB");

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("WSF", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_larger_than_the_data_and_more_threads_than_processors_are_warnings()
    {
        string threads = (Environment.ProcessorCount + 1).ToString(CultureInfo.InvariantCulture);
        (int code, _, string errors) = Run(
            "train", Config, "--max-steps", "1", "--threads", threads, "--json", "--set", "Data:BatchSize=100000", "--set", "Model:Layers:1:OutFeatures=8",
            "--set", "Model:Layers:3:InFeatures=8");

        Assert.Equal(0, code);
        Assert.Contains("Data:BatchSize is 100000, and there are 8000 samples", errors, StringComparison.Ordinal);
        Assert.Contains($"Training:Threads is {threads}, and this machine offers {Environment.ProcessorCount}", errors, StringComparison.Ordinal);
        Assert.Equal(2, errors.Split("Remedy:").Length - 1);
    }

    [Theory]
    [InlineData("Data: these options of Csv together: Cannot keep 0.1 of", "of 3 samples that leaves one part empty. Choose a fraction between 0 and 1, or give more samples.", "Data:ValidationFraction=0.1")]
    [InlineData("Model:Layers:0: these options of Linear together: Cannot allocate", "Raise Workspaces:Manager:MemoryLimit", "Workspaces:Manager:MemoryLimit=4KiB")]
    public void What_a_component_refuses_has_one_remedy_and_no_words_of_programmers(string asked, string remedy, string setting)
    {
        string file = Path.Combine(_folder, "run.json");
        File.WriteAllText(Path.Combine(_folder, "table.csv"), "a,b,c,y\n1,2,3,0\n1,2,3,1\n3,3,3,2\n");
        File.WriteAllText(file, """
            { "Model": { "Layers": [ { "Type": "Linear", "InFeatures": 3, "OutFeatures": 3000 } ] }, "Loss": { "Type": "CrossEntropy" }, "Optimizer": { "Type": "Sgd" },
              "Data": { "Type": "Csv", "File": "table.csv", "ValidationFraction": 0 }, "Training": { "Threads": 1 } }
            """);
        (int code, _, string errors) = Run("train", file, "--json", "--set", setting);

        Assert.Equal(2, code);
        Assert.Contains(asked, errors, StringComparison.Ordinal);
        Assert.Contains(remedy, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", errors.Replace("asked by Parameter", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("Actual value", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Change one of them", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.12344, "0.1234")]
    [InlineData(-999999.5, "-999999.5000")]
    [InlineData(5.0776e37, "5.0776E+37")]
    [InlineData(double.NaN, "NaN")]
    public void A_loss_that_has_run_away_is_not_written_out(double loss, string expected) => Assert.Equal(expected, ProgressText.Loss(loss));

    [Theory]
    [InlineData("Unrecognized command or argument 'trian'. Remedy: did you mean train? Otherwise see workspaces --help", "trian")]
    [InlineData("did you mean --epochs? Otherwise see workspaces train --help", "train", "run.json", "--epoch")]
    [InlineData("'xyzzy'. Remedy: see workspaces --help", "xyzzy")]
    public void A_word_that_is_nearly_right_is_answered_with_the_right_one(string expected, params string[] words)
    {
        (int code, _, string errors) = Run(words);

        Assert.Equal(2, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Help_calls_the_tool_by_its_name()
    {
        (int code, string output, _) = Run("--help");
        Assert.Equal(0, code);
        Assert.Contains("  workspaces [command] [options]", output, StringComparison.Ordinal);
        Assert.Contains("  workspaces train <config> [options]", Run("train", "--help").Output, StringComparison.Ordinal);
        Assert.Equal(0, Run("--version").Code);
    }

    [Theory]
    [InlineData("gemm:16x16x16", false)]
    [InlineData("mlp_small_b1", true)]
    public void Samples_a_second_are_printed_where_there_are_samples_and_in_json_always(string name, bool expected)
    {
        Assert.Equal(expected, Run("bench", name, "--seconds", "0.01").Output.Contains("samples_per_s", StringComparison.Ordinal));
        Assert.True(JsonDocument.Parse(Run("bench", name, "--seconds", "0.01", "--json").Output).RootElement.TryGetProperty("samples_per_s", out _));
    }
}
