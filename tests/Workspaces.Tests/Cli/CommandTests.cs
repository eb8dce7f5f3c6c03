using System.Text.Json;
using Workspaces.Cli;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Cli;

/// <summary>The tool's verbs, run in this process: exit codes, JSON fields, messages.</summary>
[Collection(nameof(AloneCollection))]
public sealed class CommandTests
{
    private static readonly string[] MemoryFields =
    [
        "managed_bytes_per_step", "gc_collections", "allocator_calls_per_step", "arena_peak_bytes", "learning_peak_bytes", "lower_bound_bytes",
        "persistent_bytes", "data_bytes", "spilled_bytes", "deviations", "pass_state", "peak_rss_bytes",
    ];

    private static string MnistConfig => Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json");

    [Fact]
    public void Train_prints_one_json_object_last_and_nothing_else()
    {
        (int code, string output, string errors) = Run("train", MnistConfig, "--epochs", "1", "--max-steps", "20", "--seed", "3", "--threads", "1", "--json");

        Assert.Equal(0, code);
        Assert.Empty(errors);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(20, json.GetProperty("steps").GetInt64());
        Assert.True(json.GetProperty("test_accuracy").GetDouble() > 0.3);
        Assert.True(json.GetProperty("train_loss").GetDouble() > 0);
        Assert.True(json.GetProperty("ms_per_step_median").GetDouble() > 0);
        AssertMemoryFields(json);
    }

    [Fact]
    public void Train_without_json_shows_the_model_the_epochs_and_the_result()
    {
        (int code, string output, _) = Run("train", MnistConfig, "--epochs", "2", "--max-steps", "70");

        Assert.Equal(0, code);
        Assert.Contains("Linear", output, StringComparison.Ordinal);
        Assert.Contains("epoch 1/2", output, StringComparison.Ordinal);
        Assert.Contains("samples/s", output, StringComparison.Ordinal);
        Assert.Contains("test accuracy", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("bench", "--help")]
    [InlineData("--version")]
    public void Words_that_cannot_be_written_end_in_a_sentence(params string[] arguments)
    {
        TextWriter output = Console.Out, errors = Console.Error;
        using var said = new StringWriter();
        using var full = new FullWriter();
        try
        {
            Console.SetOut(full);
            Console.SetError(said);
            Assert.Equal(2, Workspaces.Cli.CommandLine.Run(arguments));
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }

        Assert.StartsWith("Cannot read or write a file", said.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mlp_small_sgd")]
    [InlineData("mlp_small_adam")]
    [InlineData("mlp_small_b1")]
    public void Bench_measures_models_with_their_memory(string name)
    {
        (int code, string output, _) = Run("bench", name, "--seconds", "0.05", "--json");

        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(name, json.GetProperty("case").GetString());
        Assert.True(json.GetProperty("ms_p10").GetDouble() <= json.GetProperty("ms_median").GetDouble());
        Assert.True(json.GetProperty("ms_median").GetDouble() <= json.GetProperty("ms_p90").GetDouble());
        Assert.True(json.GetProperty("samples_per_s").GetDouble() > 0);
        AssertMemoryFields(json);
        Assert.Equal(0, json.GetProperty("allocator_calls_per_step").GetDouble());
        Assert.Equal(0, json.GetProperty("learning_peak_bytes").GetInt64()); // traced on shapes alone, so that no step had to learn
        Assert.Equal("Planned", json.GetProperty("pass_state").GetString());
    }

    [Theory]
    [InlineData("Off")]
    [InlineData("Element")]
    [InlineData("Protect")]
    public void Bench_runs_with_every_mode_of_checks_in_the_same_memory(string checks)
    {
        (int code, string output, _) = Run("bench", "mlp_small_b1", "--seconds", "0.05", "--checks", checks, "--json");

        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal("Planned", json.GetProperty("pass_state").GetString());
        Assert.Equal(json.GetProperty("lower_bound_bytes").GetInt64(), json.GetProperty("arena_peak_bytes").GetInt64());
    }

    [Fact]
    public void Bench_measures_products_in_gflops()
    {
        (int code, string output, _) = Run("bench", "gemm:32x48x64:tn", "--seconds", "0.05", "--json");

        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(2.0 * 32 * 48 * 64 / json.GetProperty("ms_median").GetDouble() / 1e6, json.GetProperty("gflops").GetDouble(), 6);
    }

    [Fact]
    public void Bench_measures_products_without_the_op_and_says_how_far_threads_are()
    {
        (int code, string output, _) = Run("bench", "kernel:32x48x64:nt", "--seconds", "0.02", "--threads", "2", "--json");

        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        double median = json.GetProperty("ms_median").GetDouble();
        Assert.InRange(json.GetProperty("ms_least").GetDouble(), 0, median);
        Assert.Equal(2.0 * 32 * 48 * 64 / median / 1e6, json.GetProperty("gflops").GetDouble(), 6);
        Assert.Equal(4.0 * ((32 * 64) + (64 * 48) + (32 * 48)) / median / 1e6, json.GetProperty("gigabytes_per_s").GetDouble(), 6);
        Assert.True(json.GetProperty("arena_peak_bytes").GetInt64() >= 4 * ((32 * 64) + (64 * 48) + (32 * 48)));
        JsonElement roundTrip = json.GetProperty("round_trip_ns"); // null where the other thread got no core
        if (roundTrip.ValueKind != JsonValueKind.Null) Assert.InRange(roundTrip.GetDouble(), 1, 100_000);
    }

    [Theory]
    [InlineData("--threads", "1")]
    [InlineData("--threads", "1", "--ab", "checks=Span,Off")]
    public void One_thread_is_not_far_from_itself(params string[] arguments)
    {
        (int code, string output, _) = Run(["bench", "gemm:8x8x8", "--seconds", "0.01", "--json", .. arguments]);
        Assert.Equal(0, code);
        Assert.DoesNotContain("round_trip", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_of_one_and_two_threads_says_how_far_they_are()
    {
        (int code, string output, _) = Run("bench", "kernel:8x8x8", "--seconds", "0.01", "--ab", "threads=2,1", "--json");
        Assert.Equal(0, code);
        Assert.True(JsonDocument.Parse(output).RootElement.TryGetProperty("round_trip_ns", out _));
    }

    [Fact]
    public void Bench_compares_two_settings_in_pairs()
    {
        (int code, string output, _) = Run("bench", "gemm:16x16x16", "--seconds", "0.01", "--ab", "workspace=on,off", "--json");

        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        double median = json.GetProperty("ratio_median").GetDouble();
        Assert.True(json.GetProperty("pairs").GetInt32() >= 2000);
        Assert.InRange(median, json.GetProperty("ratio_ci95")[0].GetDouble(), json.GetProperty("ratio_ci95")[1].GetDouble());
    }

    [Fact]
    public void Doctor_says_what_the_machine_offers()
    {
        (int code, string output, _) = Run("doctor", "--json");

        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        foreach (string field in new[] { "simd", "kernel", "huge_pages" }) Assert.False(string.IsNullOrEmpty(json.GetProperty(field).GetString()));
        Assert.True(json.GetProperty("threads").GetInt32() >= 1);
        JsonElement roundTrip = json.GetProperty("round_trip_ns"), far = json.GetProperty("threads_far");
        Assert.Equal(roundTrip.ValueKind == JsonValueKind.Null, far.ValueKind == JsonValueKind.Null);
        if (roundTrip.ValueKind != JsonValueKind.Null) Assert.Equal(roundTrip.GetDouble() >= 250, far.GetBoolean());
        if (json.GetProperty("threads").GetInt32() == 1) Assert.Equal(JsonValueKind.Null, roundTrip.ValueKind);
        Assert.True(json.GetProperty("memory_bytes").GetInt64() > 0);
        Assert.Equal(JsonValueKind.Array, json.GetProperty("problems").ValueKind);
    }

    [Theory]
    [InlineData("Name a file that exists", "train", "no-such-file.json")]
    [InlineData("Workspaces:step:MaxSzie", "train", "MNIST", "--set", "Workspaces:step:MaxSzie=1")]
    [InlineData("Workspaces:step:PolicySpill", "train", "MNIST", "--set", "Workspaces:step:PolicySpill=Explode")]
    [InlineData("Training:Epochs", "train", "MNIST", "--epochs", "0")]
    [InlineData("Optimizer:Type", "train", "MNIST", "--set", "Optimizer:Type=Magic")]
    [InlineData("Model:Layers:1:OutFeatures", "train", "MNIST", "--set", "Model:Layers:1:OutFeatures=-3")]
    [InlineData("the weight takes 400", "train", "MNIST", "--set", "Model:Layers:3:InFeatures=400")]
    [InlineData("there is no such folder", "train", "MNIST", "--set", "Data:Folder=nowhere")]
    [InlineData("bench", "bench", "mlp_huge")]
    [InlineData("gemm:MxNxK", "bench", "gemm:0x1x2")]
    [InlineData("kernel:MxNxK", "bench", "kernel:0x1x2")]
    [InlineData("kernel:MxNxK", "bench", "kernel:1x2")]
    [InlineData("kernel:MxNxK", "bench", "kernel:1x2x3:no")]
    [InlineData("kernel:MxNxK", "bench", "kernel:1x2x3:nn:nn")]
    [InlineData("kernel:MxNxK", "bench", "kernel:")]
    [InlineData("10000000000 elements", "bench", "kernel:100000x1x100000")]
    [InlineData("kernel:MxNxK[:nn|nt|tn|tt]", "bench", "kernels")]
    [InlineData("pass:OPS", "bench", "pass:-1")]
    [InlineData("pass:OPS", "bench", "pass:1001")]
    [InlineData("--ab", "bench", "mlp_small_b1", "--ab", "threads=1")]
    [InlineData("checks is Off, Span, Element, Protect", "bench", "mlp_small_b1", "--checks", "Always")]
    [InlineData("sites is off, or a number", "bench", "mlp_small_b1", "--sites", "0")]
    [InlineData("Training:Epochs", "train", "MNIST", "--epochs", "many")]
    [InlineData("Model:Layrs", "train", "MNIST", "--set", "Model:Layrs=1")]
    [InlineData("Did you mean step?", "train", "MNIST", "--set", "Workspaces:stpe:MaxSize=1MiB")]
    [InlineData("Workspaces:persistent", "train", "MNIST", "--set", "Workspaces:persistent:MaxSize=1MiB")]
    [InlineData("its name is empty", "train", "")]
    [InlineData("workspaces train --help", "train")]
    [InlineData("workspaces train --help", "train", "MNIST", "--epoch", "3")]
    [InlineData("'tarin'", "tarin")]
    [InlineData("workspaces --help")]
    [InlineData("10000000000 elements", "bench", "gemm:100000x100000x100000")]
    [InlineData("Write a value from 0 to below 1", "train", "MNIST", "--set", "Training:AverageDecay=1")]
    [InlineData("Write a value from 0 on", "train", "MNIST", "--set", "Training:ClipNorm=-1")]
    [InlineData("Write one character", "train", "MNIST", "--set", "Data:Type=Csv", "--set", "Data:Delimiter=ab")]
    [InlineData("nothing reads it with Type = Idx", "train", "MNIST", "--set", "Data:Length=5")]
    [InlineData("give --top-k", "infer", "none.safetensors", "--top-k", "-1")]
    [InlineData("give --temperature", "infer", "none.safetensors", "--temperature", "NaN")]
    [InlineData("give --temperature", "infer", "none.safetensors", "--temperature", "-1")]
    [InlineData("from 1 to 1024", "bench", "mlp_small_b1", "--threads", "0")]
    [InlineData("from 1 to 1024", "bench", "mlp_small_b1", "--ab", "threads=1,2000")]
    [InlineData("compare by threads.", "bench", "kernel:8x8x8", "--ab", "checks=Span,Off")]
    [InlineData("this case does not read it", "bench", "gemm:8x8x8", "--ab", "Packed=on,off")]
    [InlineData("there is no average with AverageDecay = 0", "train", "MNIST", "--set", "Training:AverageBuffers=true")]
    [InlineData("from 0 to 1E+18", "train", "MNIST", "--max-steps", "-1")]
    [InlineData("asked by --trace-out", "train", "MNIST", "--trace-out", "nowhere/trace.csv")]
    [InlineData("on or off", "bench", "mlp_small_b1", "--workspace", "perhaps")]
    public void Bad_input_is_answered_on_standard_error_with_code_2(string expected, params string[] arguments)
    {
        string[] given = [.. arguments.Select(argument => argument == "MNIST" ? MnistConfig : argument)];

        (int code, string output, string errors) = Run(given);

        Assert.Equal(2, code);
        Assert.Contains(expected, errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", errors + output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_of_training_is_shown_even_when_its_trace_cannot_be_written()
    {
        if (!OperatingSystem.IsLinux()) return;
        (int code, string output, string errors) = Run("train", MnistConfig, "--max-steps", "2", "--json", "--trace-out", "/dev/full");
        Assert.Equal(2, code);
        Assert.Equal(2, JsonDocument.Parse(output).RootElement.GetProperty("steps").GetInt32());
        Assert.StartsWith("Cannot write '/dev/full', asked by --trace-out: ", errors, StringComparison.Ordinal);
    }

    private static void AssertMemoryFields(JsonElement json)
    {
        foreach (string field in MemoryFields) Assert.True(json.TryGetProperty(field, out _), $"{field} is missing");
        Assert.True(json.GetProperty("lower_bound_bytes").GetInt64() > 0);
        Assert.True(json.GetProperty("lower_bound_bytes").GetInt64() <= json.GetProperty("arena_peak_bytes").GetInt64());
    }

    /// <summary>A console whose disk is full.</summary>
    private sealed class FullWriter : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void Write(char[] buffer, int index, int count) => throw new IOException("No space left on device");
    }
}
