using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Cli;

/// <summary>Training under a cap of half its need, through the tool.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class CappedTrainTests
{
    private static string Config => Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json");

    [Fact]
    public void Training_under_half_its_need_gives_the_same_bits_and_says_what_it_spilled()
    {
        JsonElement free = Train();
        long half = free.GetProperty("arena_peak_bytes").GetInt64() / 2;
        JsonElement capped = Train("--set", $"Workspaces:step:MaxSize={half}");

        foreach (string same in (string[])["train_loss", "test_accuracy", "steps", "deviations", "pass_state", "lower_bound_bytes"])
            Assert.Equal(free.GetProperty(same).GetRawText(), capped.GetProperty(same).GetRawText());
        Assert.Equal(0, free.GetProperty("spilled_bytes").GetInt64());
        Assert.InRange(capped.GetProperty("arena_peak_bytes").GetInt64(), 1, half);
        Assert.True(capped.GetProperty("spilled_bytes").GetInt64() > half);
    }

    [Fact]
    public void Without_json_a_finding_says_what_the_cap_cost()
    {
        (int code, _, string errors) = Run("train", Config, "--max-steps", "12", "--threads", "1", "--set", "Workspaces:step:MaxSize=512 KiB");

        Assert.Equal(0, code);
        Assert.Contains("WSF011", errors, StringComparison.Ordinal);
        Assert.Contains("bytes a pass", errors, StringComparison.Ordinal);
        Assert.Contains("Served passes with a part of them in a temporary file", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Cannot", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cap_that_the_finding_names_is_enough_and_the_page_below_it_is_not()
    {
        (_, _, string errors) = Run("train", Config, "--max-steps", "12", "--threads", "1", "--set", "Workspaces:step:MaxSize=768KiB");
        Match remedy = Enough().Match(errors);
        Assert.True(remedy.Success, errors);
        long enough = long.Parse(remedy.Groups[1].Value, CultureInfo.InvariantCulture) << 10;

        Assert.Equal(0, Spilled(enough));
        Assert.InRange(Spilled(enough - Environment.SystemPageSize), 1, long.MaxValue);
    }

    private static long Spilled(long cap)
    {
        (int code, string output, _) = Run("train", Config, "--max-steps", "12", "--threads", "1", "--json", "--set", $"Workspaces:step:MaxSize={cap}");
        Assert.Equal(0, code);
        return JsonDocument.Parse(output).RootElement.GetProperty("spilled_bytes").GetInt64();
    }

    [GeneratedRegex(@"set Workspaces:step:MaxSize to (\d+)KiB")]
    private static partial Regex Enough();

    private static JsonElement Train(params string[] settings)
    {
        string[] small =
        [
            "--set", "Model:Layers:1:OutFeatures=64", "--set", "Model:Layers:3:InFeatures=64", "--set", "Model:Layers:3:OutFeatures=64",
            "--set", "Model:Layers:5:InFeatures=64",
        ];
        (int code, string output, _) = Run(["train", Config, "--epochs", "2", "--max-steps", "40", "--seed", "3", "--threads", "1", "--json", .. small, .. settings]);
        Assert.Equal(0, code);
        return JsonDocument.Parse(output).RootElement;
    }
}
