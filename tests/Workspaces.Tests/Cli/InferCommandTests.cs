using System.Globalization;
using System.Text;
using System.Text.Json;
using Workspaces.Hosting.Composition;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Workspaces.Train;

namespace Workspaces.Tests.Cli;

/// <summary>The verbs resume and infer.</summary>
[Collection(nameof(AloneCollection))]
public sealed class InferCommandTests
{
    private const string Classes = """
        {
          "Model": { "Layers": [ { "Type": "Linear", "InFeatures": 3, "OutFeatures": 16 }, { "Type": "Tanh" }, { "Type": "Linear", "InFeatures": 16, "OutFeatures": 3 } ] },
          "Loss": { "Type": "CrossEntropy" },
          "Optimizer": { "Type": "Adam", "LearningRate": 0.05 },
          "Data": { "Type": "Csv", "File": "table.csv", "BatchSize": 16 },
          "Training": { "Epochs": 15, "Threads": 1, "CheckpointFolder": "kept" }
        }
        """;

    [Fact]
    public void A_checkpoint_is_resumed_and_predicts_planned_from_the_first_call_on()
    {
        using var folder = new TemporaryFolder();
        string run = Write(folder, Classes), kept = Path.Combine(folder.Path, "kept");
        Assert.Equal(0, InProcess.Run("train", run, "--json").Code);
        (int code, string output, string errors) = InProcess.Run("resume", kept, "--epochs", "20", "--set", "Optimizer:LearningRate=0.01", "--json");
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(20 * 6, JsonDocument.Parse(output).RootElement.GetProperty("steps").GetInt64());

        string rows = Path.Combine(folder.Path, "rows.csv");
        File.WriteAllText(rows, "a,b,c\n1,0,0\n0,1,0\n\n0,0,\"1\"\n");
        (code, output, errors) = InProcess.Run("infer", kept, "--input", rows, "--probabilities", "--json", "--batch-size", "2");
        Assert.Equal((0, ""), (code, errors));
        JsonElement[] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([0, 1, 2], lines[..3].Select(static line => line.GetProperty("prediction").GetInt32()));
        Assert.All(lines[..3], static line => Assert.Equal(1, line.GetProperty("probabilities").EnumerateArray().Sum(static p => p.GetDouble()), 6));
        Assert.Equal([0L, 1, 2], lines[..3].Select(static line => line.GetProperty("index").GetInt64()));
        Assert.Equal(("Planned", "Planned", 0L, 0L, 3L), (
            lines[3].GetProperty("first_pass_state").GetString(), lines[3].GetProperty("pass_state").GetString(), lines[3].GetProperty("deviations").GetInt64(),
            lines[3].GetProperty("learning_peak_bytes").GetInt64(), lines[3].GetProperty("samples").GetInt64()));
    }

    [Fact]
    public void A_run_file_with_weights_predicts_what_the_model_computes()
    {
        using var folder = new TemporaryFolder();
        string run = Write(folder, Classes.Replace("\"CrossEntropy\"", "\"MSE\"", StringComparison.Ordinal)), weights = Path.Combine(folder.Path, "w.safetensors"), array = Path.Combine(folder.Path, "x.npy");
        InProcess.Run("train", Write(folder, Classes), "--json");
        float[] expected = new float[6];
        using (TrainedModel model = TrainedModel.Load(Path.Combine(folder.Path, "kept")))
        {
            model.Model.SaveState(weights);
            using Workspace workspace = model.Manager.Lease(new() { Name = "reference" });
            Tensor x = Tensor.From<float>([0.5f, 1, 2, -1, 0, 3], new Shape(2, 3));
            Npy.Save(array, x);
            using (workspace.Enter()) model.Model.Forward(x).CopyTo<float>(expected);
        }

        (int code, string output, string errors) = InProcess.Run("infer", Write(folder, Classes.Replace("\"CrossEntropy\"", "\"MSE\"", StringComparison.Ordinal)), "--weights", weights, "--input", array);
        Assert.Equal((0, ""), (code, errors));
        IEnumerable<double> said = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(static line => JsonDocument.Parse(line).RootElement.GetProperty("prediction").EnumerateArray().Select(static value => value.GetDouble()));
        Assert.Equal(expected.Select(static value => (double)value), said);
        Assert.Equal(2, InProcess.Run("infer", run, "--weights", weights, "--input", array, "--probabilities").Code);
    }

    [Fact]
    public void Tokens_from_standard_input_get_a_class_for_each_place()
    {
        using var folder = new TemporaryFolder();
        folder.Write("text.txt", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("abcd", 60))));
        string run = folder.Write("run.json", Encoding.UTF8.GetBytes("""
            { "Model": { "Layers": [ { "Type": "Embedding", "Count": 4, "Width": 8 }, { "Type": "LSTM", "InputSize": 8, "HiddenSize": 8 }, { "Type": "Linear", "InFeatures": 8, "OutFeatures": 4 } ] },
              "Loss": { "Type": "CrossEntropy" }, "Optimizer": { "Type": "Adam", "LearningRate": 0.05 },
              "Data": { "Type": "Text", "File": "text.txt", "Length": 6, "BatchSize": 4 }, "Training": { "Epochs": 12, "Threads": 1, "CheckpointFolder": "kept" } }
            """));
        Assert.Equal(0, InProcess.Run("train", run, "--json").Code);
        string kept = Path.Combine(folder.Path, "kept");
        (int code, string output, string errors) = InProcess.Run(Lines("0,1,2,3,0,1\n2,3,0,1,2,3\n"), "infer", kept, "--format", "Csv");
        Assert.Equal((0, ""), (code, errors));
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("\"prediction\":[1,2,3,0,1,2]", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"text\":\"bcdabc\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"prediction\":[3,0,1,2,3,0]", lines[1], StringComparison.Ordinal);

        (code, output, errors) = InProcess.Run(Lines("abc\n\nbcdabcdabcda\r\n"), "infer", kept, "--length", "9", "--temperature", "0", "--json");
        Assert.Equal((0, ""), (code, errors));
        JsonElement[] written = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([("abc", "dabcdabcd"), ("bcdabcdabcda", "bcdabcdab")], written[..2].Select(static line => (line.GetProperty("prompt").GetString(), line.GetProperty("text").GetString())));
        Assert.Equal(("Planned", 0L, 0L, 18L), (
            written[2].GetProperty("first_pass_state").GetString(), written[2].GetProperty("deviations").GetInt64(), written[2].GetProperty("learning_peak_bytes").GetInt64(),
            written[2].GetProperty("characters").GetInt64()));

        (code, _, errors) = InProcess.Run(Lines("abz\n"), "infer", kept);
        Assert.Equal(2, code);
        Assert.Contains("'z', character 3 of line 1", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,2\n", "it has 2 numbers")]
    [InlineData("1,2,3\n1,2\n", "row 2")]
    [InlineData("1,2,3\n1,x,3\n", "'x' in column 2")]
    [InlineData("1,2,NaN\n", "'NaN' in column 3")]
    public void Bad_rows_are_refused_in_four_parts(string rows, string said)
    {
        using var folder = new TemporaryFolder();
        InProcess.Run("train", Write(folder, Classes), "--json", "--epochs", "1");
        string path = folder.Write("rows.csv", Encoding.UTF8.GetBytes(rows));
        (int code, _, string errors) = InProcess.Run("infer", Path.Combine(folder.Path, "kept"), "--input", path);
        Assert.Equal(2, code);
        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.Contains("Remedy:", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("infer", "none.safetensors")]
    [InlineData("infer", "run.json")]
    [InlineData("infer", "run.json", "--weights", "none.safetensors")]
    [InlineData("infer", "run.json", "--input", "none.csv")]
    [InlineData("infer", "table.csv")]
    [InlineData("infer", "none.safetensors", "--batch-size", "0")]
    [InlineData("resume", "none.safetensors")]
    [InlineData("resume", "table.csv")]
    [InlineData("resume", "")]
    [InlineData("infer", "")]
    public void Bad_input_is_said_and_no_stack_is_shown(string verb, string file, params string[] more)
    {
        using var folder = new TemporaryFolder();
        Write(folder, Classes);
        string[] words = [verb, file.Length == 0 ? "" : Path.Combine(folder.Path, file), .. more.Select(word => word.StartsWith("none", StringComparison.Ordinal) ? Path.Combine(folder.Path, word) : word)];
        (int code, string output, string errors) = InProcess.Run(words);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("Remedy:", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private static MemoryStream Lines(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Write(TemporaryFolder folder, string json)
    {
        var text = new StringBuilder("a,b,c,kind\n");
        for (int i = 0; i < 105; i++) text.Append(CultureInfo.InvariantCulture, $"{(i % 3 == 0 ? 1 : 0)},{(i % 3 == 1 ? 1 : 0)},{(i % 3 == 2 ? 1 : 0)},{i % 3}\n");
        return folder.WriteRun(json, text.ToString());
    }
}
