using System.Text.Json;
using Workspaces.Cli;
using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>The verb <c>plan</c>: fields, files, refusals.</summary>
[Collection(nameof(AloneCollection))]
public sealed class PlanCommandTests
{
    [Fact]
    public void A_trace_gives_one_json_object_and_a_plan_file()
    {
        string output = Path.GetTempFileName();
        try
        {
            (int code, string text, string errors) = Run("plan", TraceFiles.PathOf("mlp_b128_train_sgdm"), "--out", output, "--json");

            Assert.Equal((0, ""), (code, errors));
            JsonElement json = JsonDocument.Parse(text).RootElement;
            Assert.Equal(40, json.GetProperty("buffers").GetInt32());
            Assert.Equal(3_349_696, json.GetProperty("lower_bound_bytes").GetInt64());
            Assert.Equal(3_349_696, json.GetProperty("peak_bytes").GetInt64());
            Assert.Equal(1, json.GetProperty("ratio").GetDouble());
            Assert.True(json.GetProperty("plan_ms").GetDouble() > 0);
            Assert.True(json.GetProperty("first_plan_ms").GetDouble() > 0);
            Assert.NotEmpty(json.GetProperty("planner").GetString()!);
            Assert.True(json.GetProperty("valid").GetBoolean());
            PlanningProblem problem = TraceFiles.Read("mlp_b128_train_sgdm");
            using var reader = new StreamReader(output);
            Assert.True(PlanValidator.Validate(problem, TraceCsv.ReadPlan(reader, output, problem)).IsValid);
        }
        finally
        {
            File.Delete(output);
        }
    }

    [Fact]
    public void A_folder_gives_a_plan_for_each_trace()
    {
        (int code, string text, _) = Run("plan", TraceFiles.Folder, "--seconds", "0.05", "--json");
        Assert.Equal(0, code);
        JsonElement plans = JsonDocument.Parse(text).RootElement.GetProperty("plans");
        Assert.Equal(TraceFiles.Names.Order(StringComparer.Ordinal), plans.EnumerateArray().Select(plan => plan.GetProperty("trace").GetString()!));

        (code, text, _) = Run("plan", TraceFiles.Folder, "--seconds", "0.05");
        Assert.Equal(0, code);
        Assert.All(TraceFiles.Names, name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no-such-file.csv")]
    [InlineData("{trace}", "--align", "48")]
    [InlineData("{trace}", "--seconds", "-1")]
    [InlineData("{trace}", "--seconds", "NaN")]
    [InlineData("{folder}", "--out", "plan.csv")]
    public void Bad_input_gives_one_message_and_exit_code_2(params string[] arguments)
    {
        string[] filled = [.. arguments.Select(a => a.Replace("{trace}", TraceFiles.PathOf("minimalloc_A"), StringComparison.Ordinal).Replace("{folder}", TraceFiles.Folder, StringComparison.Ordinal))];
        (int code, string output, string errors) = Run(["plan", .. filled, "--json"]);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains("Remedy", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_cannot_be_written_is_shown_all_the_same()
    {
        if (!OperatingSystem.IsLinux()) return;
        (int code, string output, string errors) = Run("plan", TraceFiles.PathOf("mlp_b128_train_sgdm"), "--out", "/dev/full", "--json");
        Assert.Equal(2, code);
        Assert.Contains("3349696", output, StringComparison.Ordinal);
        Assert.StartsWith("Cannot write '/dev/full', asked by plan --out: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_may_replace_its_trace()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.Copy(TraceFiles.PathOf("mlp_b128_train_sgdm"), file, overwrite: true);
            Assert.Equal(0, Run("plan", file, "--out", file).Code);
            Assert.StartsWith("id,lower,upper,size,offset\n", File.ReadAllText(file), StringComparison.Ordinal);
            Assert.Equal(0, Run("plan", file).Code);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("is a folder", "{folder}")]
    [InlineData("part of the path", "{folder}/missing/plan.csv")]
    [InlineData("name is empty", "")]
    public void A_plan_that_has_no_place_is_refused_before_the_trace_is_read(string told, string output)
    {
        string path = output.Replace("{folder}", TraceFiles.Folder, StringComparison.Ordinal);
        (int code, string text, string errors) = Run("plan", TraceFiles.PathOf("minimalloc_A"), "--out", path, "--json");
        Assert.Equal((2, ""), (code, text));
        Assert.Contains(told, errors, StringComparison.Ordinal);
        Assert.Contains("asked by plan --out: ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/urandom")]
    public void A_device_that_never_ends_is_refused(string device)
    {
        if (!OperatingSystem.IsLinux()) return;
        (int code, _, string errors) = Run("plan", device);
        Assert.Equal(2, code);
        Assert.Contains("Remedy", errors, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        TextWriter output = Console.Out, errors = Console.Error;
        using var text = new StringWriter();
        using var problems = new StringWriter();
        Console.SetOut(text);
        Console.SetError(problems);
        try
        {
            int code = CommandLine.Create().Parse(arguments).Invoke();
            return (code, text.ToString(), problems.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
