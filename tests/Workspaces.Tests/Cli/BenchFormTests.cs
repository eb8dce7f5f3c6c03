using System.Text.Json;
using System.Text.Json.Nodes;
using Workspaces.Cli.Bench;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Cli;

/// <summary>The forms of <c>bench</c> that go over several cases.</summary>
[Collection(nameof(AloneCollection))]
public sealed class BenchFormTests
{
    [Fact]
    public void The_roofline_counts_the_work_of_a_case_and_sets_its_time_against_the_floor()
    {
        (int code, string output, _) = Run("bench", "--roofline", "gemm:64x48x32:tn", "mlp_small_sgd", "--seconds", "0.02", "--json");

        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        JsonElement product = json.GetProperty("cases")[0], model = json.GetProperty("cases")[1];
        Assert.Equal(2e-9 * 64 * 48 * 32, product.GetProperty("gflop").GetDouble(), 12);
        Assert.Equal(product.GetProperty("floor_ms").GetDouble() / product.GetProperty("ms_median").GetDouble(), product.GetProperty("reached").GetDouble(), 9);
        Assert.Contains("Linear", model.GetProperty("ops").EnumerateArray().Select(static op => op.GetProperty("op").GetString()));
        Assert.InRange(model.GetProperty("ops").EnumerateArray().Sum(static op => op.GetProperty("share_of_floor").GetDouble()), 0.999, 1.001);
    }

    [Fact]
    public void The_roofline_is_a_table_for_people()
    {
        (int code, string output, _) = Run("bench", "--roofline", "gemm:16x16x16", "--seconds", "0.01");
        Assert.Equal(0, code);
        Assert.Contains("multiply-adds, GFLOP/s", output, StringComparison.Ordinal);
        Assert.Contains("MatMul 100 %", output, StringComparison.Ordinal);
        Assert.DoesNotContain("round trip", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Beside_one_op_that_is_bound_by_memory_stands_a_plain_sum_of_its_bytes()
    {
        (int code, string output, _) = Run("bench", "--roofline", "kernel:1x512x64:nt", "kernel:256x256x256", "mlp_b1", "--seconds", "0.01", "--json");

        Assert.Equal(0, code);
        JsonElement[] rows = [.. JsonDocument.Parse(output).RootElement.GetProperty("cases").EnumerateArray()];
        Assert.True(rows[0].GetProperty("read_ms").GetDouble() > 0);
        Assert.All(rows.Skip(1), static row => Assert.False(row.TryGetProperty("read_ms", out _)));

        (_, output, _) = Run("bench", "--roofline", "kernel:1x512x64:nt", "--seconds", "0.01");
        Assert.Contains("read ms", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--roofline", "GFLOP/s")]
    [InlineData("--compare", "ratio")]
    [InlineData("--table", "pauses ms")]
    public void With_several_threads_each_form_has_a_column_of_how_far_they_are(string form, string column)
    {
        string[] arguments = ["bench", form, "kernel:16x16x16:tn", "--seconds", "0.01", "--threads", "2", .. (form == "--roofline" ? (string[])[] : ["--rounds", "1"])];
        (int code, string output, _) = Run(arguments);
        Assert.Equal(0, code);
        Assert.Contains("round trip ns", Assert.Single(output.Split('\n'), line => line.Contains(column, StringComparison.Ordinal) && line.Contains("case", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        (code, output, _) = Run([.. arguments, "--json"]);
        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        JsonElement row = json.GetProperty(form == "--table" ? "rows" : "cases")[0];
        Assert.True(row.TryGetProperty("round_trip_ns", out _));
    }

    [Fact]
    public void A_product_alone_has_the_floor_of_the_op()
    {
        (int code, string output, _) = Run("bench", "--roofline", "gemm:33x17x65:nt", "kernel:33x17x65:nt", "--seconds", "0.01", "--json");

        Assert.Equal(0, code);
        JsonElement[] rows = [.. JsonDocument.Parse(output).RootElement.GetProperty("cases").EnumerateArray()];
        Assert.Equal(rows[0].GetProperty("gflop").GetDouble(), rows[1].GetProperty("gflop").GetDouble(), 15);
        Assert.Equal(rows[0].GetProperty("floor_ms").GetDouble(), rows[1].GetProperty("floor_ms").GetDouble(), 15);
        Assert.Equal(rows[1].GetProperty("gflop").GetDouble() / rows[1].GetProperty("ms_median").GetDouble() * 1000, rows[1].GetProperty("gflops").GetDouble(), 6);
    }

    [Fact]
    public void Peers_that_are_absent_are_left_out_with_the_reason_and_results_name_no_folder()
    {
        string folder = Directory.CreateTempSubdirectory().FullName, results = Path.Combine(folder, "results");
        try
        {
            (int code, string output, _) = Run(
                "bench", "--compare", "mlp_small_b1", "--peers", folder, "--rounds", "1", "--seconds", "0.02", "--results", results, "--json");

            Assert.Equal(0, code);
            JsonElement json = JsonDocument.Parse(output).RootElement;
            Assert.All(json.GetProperty("left_out").EnumerateObject(), static reason => Assert.Equal("not in the folder of peers", reason.Value.GetString()));
            JsonElement row = json.GetProperty("cases")[0];
            Assert.True(row.GetProperty("ms").GetDouble() > 0);
            Assert.Equal(JsonValueKind.Null, row.GetProperty("ratio").ValueKind);
            string written = File.ReadAllText(Assert.Single(Directory.GetFiles(results)));
            Assert.DoesNotContain(folder, written, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_table_shows_each_case_with_workspaces_on_and_off()
    {
        (int code, string output, _) = Run("bench", "--table", "mlp_small_sgd", "--rounds", "2", "--seconds", "0.02", "--json");

        Assert.Equal(0, code);
        JsonElement[] rows = [.. JsonDocument.Parse(output).RootElement.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["on", "off"], rows[..2].Select(static row => row.GetProperty("workspace").GetString()!));
        const long Gradients = 4 * ((784 * 128) + 128 + (128 * 10) + 10);
        Assert.All(rows[..2], static row => Assert.InRange(row.GetProperty("peak_bytes").GetInt64(), Gradients, 2 * Gradients));
        Assert.True(rows[0].GetProperty("peak_bytes").GetInt64() <= 1.02 * rows[0].GetProperty("lower_bound_bytes").GetInt64());
        Assert.Equal(0, rows[0].GetProperty("allocator_calls_per_step").GetDouble());
        Assert.True(rows[1].GetProperty("allocator_calls_per_step").GetDouble() >= 1);
    }

    [Fact]
    public void The_table_is_Markdown_with_figures_of_others_behind_ours_and_a_hyphen_for_what_is_not_known()
    {
        var json = (JsonObject)JsonNode.Parse(
            """
            {"cpu":"some processor","threads":1,"rounds":3,"date":"2026-11-21","left_out":{"b.py":"not in the folder of peers"},"rows":[
            {"case":"mlp","workspace":"on","ms_median":0.1234,"peak_bytes":2048000,"lower_bound_bytes":2048000,"allocator_calls_per_step":0,"managed_bytes_per_step":0,"gc_collections":0,"gc_pause_ms":0},
            {"case":"mlp","workspace":"off","ms_median":234.6,"peak_bytes":3072000,"lower_bound_bytes":2048000,"allocator_calls_per_step":1250,"managed_bytes_per_step":0.24,"gc_collections":null,"gc_pause_ms":1.5},
            {"case":"mlp","by":"Other","setup":"as it is","ms_median":1.5,"peak_bytes":4096000}]}
            """)!;
        using var writer = new StringWriter();
        MemoryTable.Print(json, writer);

        string output = writer.ToString();
        Assert.Contains(
            "| `mlp` | 0.123 / 235 / 1.5 | 2,000 / 3,000 / 4,000 | 2,000 | 0 / 1,250 / - | 0 / 0.2 | 0 / - | 0 / 1.5 | Other, as it is |", output, StringComparison.Ordinal);
        Assert.Contains("left out: b.py: not in the folder of peers", output, StringComparison.Ordinal);

        json["threads"] = 2;
        json["rows"]![0]!["round_trip_ns"] = 441.6;
        using var second = new StringWriter();
        MemoryTable.Print(json, second);
        Assert.Contains("| 0 / 1.5 | 442 / - | Other, as it is |", second.ToString(), StringComparison.Ordinal);
        Assert.Contains("|---:|---:|---|", second.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_median_of_rounds_is_the_middle_or_the_mean_of_both_middles()
    {
        Assert.Equal(2, PeerTimes.Median([3, 1, 2]));
        Assert.Equal(2.5, PeerTimes.Median([4, 1, 3, 2]));
        Assert.Equal(double.NaN, PeerTimes.Median([]));
    }

    [Theory]
    [InlineData("exclude each other", "--roofline", "--compare")]
    [InlineData("does not exist", "--compare", "--peers", "no such folder")]
    [InlineData("rounds lie from 1 to 1000", "--compare", "--rounds", "0")]
    [InlineData("is for one case", "--roofline", "mlp_b1", "--ab", "checks=Span,Off")]
    [InlineData("is for one case", "--table", "mlp_b1", "--trace-out", "x.csv")]
    [InlineData("leave --results away", "mlp_b1", "--results", "x")]
    [InlineData("leave --rounds away", "--roofline", "mlp_b1", "--rounds", "2")]
    [InlineData("bench --results", "--compare", "mlp_b1", "--results", "/dev/null/x")]
    [InlineData("bench --results", "--compare", "mlp_b1", "--results", "")]
    [InlineData("bench --results", "--table", "mlp_b1", "--results", "/dev/null")]
    [InlineData("runs in no pass", "kernel:8x8x8", "--trace-out", "kernel.csv")]
    [InlineData("name one case")]
    [InlineData("name one case", "mlp_small_b1", "mlp_b1")]
    [InlineData("the cases are", "--roofline", "mlp_huge")]
    public void Bad_words_are_refused_with_the_remedy(string message, params string[] arguments)
    {
        (int code, _, string errors) = Run(["bench", .. arguments]);
        Assert.Equal(2, code);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_a_comparison_have_no_case_and_its_interval_is_printed_as_one()
    {
        (int code, string output, _) = Run("bench", "gemm:8x8x8", "--seconds", "0.01", "--ab", "Checks=Span,Off");
        Assert.Equal(0, code);
        Assert.Matches(@"(?m)^key +checks\r?$", output);
        Assert.Matches(@"(?m)^ratio_ci95 +[0-9.]+ to [0-9.]+\r?$", output);
    }

    [Fact]
    public void The_name_of_the_processor_makes_a_file_name() => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", Processor.FileName);
}
