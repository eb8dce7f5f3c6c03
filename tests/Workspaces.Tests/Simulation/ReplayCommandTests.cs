using System.Text.Json;
using Workspaces.Cli;
using Workspaces.Memory.Simulation;
using Workspaces.Tests.Planning;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Simulation;

/// <summary>The verb <c>replay</c> and the traces of <c>--trace-out</c>: fields, files, refusals.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ReplayCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("workspaces-replay").FullName;

    public static TheoryData<string> Allocators => [.. TraceAllocators.Names];

    private static string MnistConfig => Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Allocators))]
    public void An_allocator_gives_one_json_object(string allocator)
    {
        JsonElement json = Json("replay", TraceFiles.PathOf("mlp_b128_train_sgdm"), "--allocator", allocator, "--json");

        Assert.Equal(allocator, json.GetProperty("allocator").GetString());
        Assert.Equal(40, json.GetProperty("buffers").GetInt32());
        Assert.Equal(80, json.GetProperty("events").GetInt32());
        Assert.Equal(3_349_696, json.GetProperty("lower_bound_bytes").GetInt64());
        long peak = json.GetProperty("peak_bytes").GetInt64();
        Assert.True(peak >= 3_349_696);
        Assert.Equal(peak / 3_349_696.0, json.GetProperty("ratio").GetDouble());
        Assert.True(json.GetProperty("ns_per_event").GetDouble() > 0);
        Assert.Equal(0, json.GetProperty("failed_requests").GetInt64());
        Assert.Equal(0, json.GetProperty("spilled_bytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("cap_bytes").ValueKind);
    }

    [Theory]
    [InlineData("2MiB", 2 << 20)]
    [InlineData("1.5 MB", 1_500_000)]
    [InlineData("2000000", 2_000_000)]
    [InlineData("0", 0)]
    public void A_cap_is_kept_and_what_fails_is_counted(string text, long cap)
    {
        JsonElement json = Json("replay", TraceFiles.PathOf("mlp_b128_train_sgdm"), "--allocator", "best-fit", "--cap", text, "--json");
        Assert.Equal(cap, json.GetProperty("cap_bytes").GetInt64());
        Assert.InRange(json.GetProperty("peak_bytes").GetInt64(), 0, cap);
        Assert.True(json.GetProperty("failed_requests").GetInt64() > 0);
        Assert.True(json.GetProperty("spilled_bytes").GetInt64() >= json.GetProperty("spilled_peak_bytes").GetInt64());
        Assert.True(json.GetProperty("spilled_peak_bytes").GetInt64() > 0);
    }

    [Fact]
    public void All_gives_every_allocator_in_a_table_and_in_json()
    {
        string trace = TraceFiles.PathOf("mlp_b128_train_sgdm");
        JsonElement replays = Json("replay", trace, "--allocator", "all", "--json").GetProperty("replays");
        Assert.Equal(TraceAllocators.Names, replays.EnumerateArray().Select(replay => replay.GetProperty("allocator").GetString()!));

        (int code, string text, string errors) = Run("replay", trace, "--cap", "3MiB");
        Assert.Equal((0, ""), (code, errors));
        Assert.All(TraceAllocators.Names, name => Assert.Contains(name, text, StringComparison.Ordinal));
        Assert.Contains("cap 3 MiB", text, StringComparison.Ordinal);
        Assert.Contains("lower bound 3349696 bytes", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Among_all_one_that_the_machine_has_no_memory_for_does_not_hide_the_others()
    {
        string file = Write("id,lower,upper,size\n0,0,1,1152921504606846976\n");
        JsonElement[] replays = [.. Json("replay", file, "--json").GetProperty("replays").EnumerateArray()];
        Assert.Equal(TraceAllocators.Names.Count, replays.Length);
        Assert.Equal(["best-fit", "native", "gc"], replays.Where(replay => replay.TryGetProperty("refused", out _)).Select(replay => replay.GetProperty("allocator").GetString()!));
        Assert.Equal(1L << 60, replays[0].GetProperty("peak_bytes").GetInt64());

        (int code, string text, _) = Run("replay", file);
        Assert.Equal(0, code);
        Assert.Contains("native: Cannot replay with real memory", text, StringComparison.Ordinal);
        Assert.Equal(2, Run("replay", file, "--allocator", "native").Code);
    }

    [Theory]
    [InlineData("no such file", "replay", "nothing.csv")]
    [InlineData("is a folder", "replay", "{folder}")]
    [InlineData("best-fit, first-fit", "replay", "{trace}", "--allocator", "worst-fit")]
    [InlineData("'much'", "replay", "{trace}", "--cap", "much")]
    [InlineData("negative", "replay", "{trace}", "--cap=-1")]
    [InlineData("not a power of two", "replay", "{trace}", "--align", "48")]
    [InlineData("between 0 and 86400", "replay", "{trace}", "--seconds", "NaN")]
    [InlineData("line 3", "replay", "{bad}")]
    [InlineData("line 1", "replay", "{empty}")]
    [InlineData("workspaces replay --help", "replay")]
    [InlineData("--trace-out", "bench", "mlp_small_b1", "--seconds", "0.01", "--trace-out", "{folder}/none/t.csv")]
    [InlineData("--ab runs 2 settings", "bench", "mlp_small_b1", "--ab", "workspace=on,off", "--trace-out", "{folder}/t.csv")]
    public void Bad_input_is_answered_in_four_parts_with_code_2(string expected, params string[] arguments)
    {
        string bad = Write("id,lower,upper,size\n0,0,1,5\n1,2,2,5\n"), empty = Write("");
        string[] filled = [.. arguments.Select(argument => argument
            .Replace("{trace}", TraceFiles.PathOf("minimalloc_A"), StringComparison.Ordinal)
            .Replace("{folder}", _folder, StringComparison.Ordinal)
            .Replace("{bad}", bad, StringComparison.Ordinal)
            .Replace("{empty}", empty, StringComparison.Ordinal))];

        (int code, string output, string errors) = Run(filled);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_measured_step_can_be_planned_and_replayed()
    {
        string file = Path.Combine(_folder, "step.csv");
        Json("bench", "mlp_small_sgd", "--seconds", "0.01", "--trace-out", file, "--json");

        JsonElement plan = Json("plan", file, "--json"), replay = Json("replay", file, "--allocator", "plan", "--json");

        Assert.Equal(plan.GetProperty("buffers").GetInt32(), File.ReadLines(file).Count() - 1);
        Assert.Equal(plan.GetProperty("peak_bytes").GetInt64(), replay.GetProperty("peak_bytes").GetInt64());
    }

    [Fact]
    public void Training_writes_a_training_step_and_not_the_evaluation()
    {
        string file = Path.Combine(_folder, "train.csv");
        Json("train", MnistConfig, "--epochs", "2", "--max-steps", "70", "--trace-out", file, "--json");

        string text = File.ReadAllText(file);
        Assert.StartsWith("id,lower,upper,size,last_use,kind,op,name,shape\n", text, StringComparison.Ordinal);
        Assert.Contains(",block,CrossEntropy,", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ArgMax", text, StringComparison.Ordinal);
        Assert.Equal(0, Run("replay", file, "--allocator", "first-fit").Code);

        Assert.Equal(0, Run("train", MnistConfig, "--max-steps", "1", "--trace-out", file).Code);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void A_run_that_fails_leaves_an_older_trace_alone_and_no_empty_file()
    {
        string kept = Write("older"), fresh = Path.Combine(_folder, "fresh.csv");
        Assert.Equal(2, Run("bench", "mlp_huge", "--trace-out", kept).Code);
        Assert.Equal(2, Run("bench", "mlp_huge", "--trace-out", fresh).Code);
        Assert.Equal("older", File.ReadAllText(kept));
        Assert.False(File.Exists(fresh));
    }

    private string Write(string text)
    {
        string file = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(file, text);
        return file;
    }

    private static JsonElement Json(params string[] arguments)
    {
        (int code, string output, string errors) = Run(arguments);
        Assert.Equal((0, ""), (code, errors));
        return JsonDocument.Parse(output).RootElement;
    }
}
