using System.Text.Json;

namespace Workspaces.Tests.Golden;

public class GoldenFileTests
{
    public static TheoryData<string> OperationFiles => [.. GoldenFile.OperationFiles];

    private static readonly string[] FloatingTypes = ["f32", "f64"];

    private static readonly string[] Types = [.. FloatingTypes, "i64", "i32", "u8", "bool"];

    private static void IsWhole(GoldenTensor tensor)
    {
        Assert.Contains(tensor.DType, Types);
        Assert.All(tensor.Shape, size => Assert.True(size > 0));
        Assert.Equal(tensor.Shape.Aggregate(1, (product, size) => product * size), tensor.Values.Length);
        if (tensor.DType == "f32")
            Assert.All(tensor.Values, value => Assert.Equal(double.IsFinite(value), float.IsFinite((float)value)));
        else if (tensor.DType != "f64")
            Assert.All(tensor.Values, value => Assert.Equal(Math.Truncate(value), value));
    }

    [Theory]
    [MemberData(nameof(OperationFiles))]
    public void Every_case_is_whole(string file)
    {
        var cases = GoldenFile.Load(file).Cases;
        Assert.Equal(cases.Length, cases.Select(golden => golden.Name).Distinct().Count());
        foreach (var golden in cases)
        {
            Assert.NotEmpty(golden.Inputs);
            Assert.All(golden.Inputs, IsWhole);
            IsWhole(golden.Output);
            Assert.Equal(golden.Upstream is null, golden.Gradients is null);
            if (golden.Upstream is null)
                continue;
            IsWhole(golden.Upstream);
            Assert.Equal(golden.Output.Shape, golden.Upstream.Shape);
            Assert.Equal(golden.Inputs.Length, golden.Gradients!.Length);
            foreach (var (input, gradient) in golden.Inputs.Zip(golden.Gradients))
            {
                Assert.Equal(FloatingTypes.Contains(input.DType), gradient is not null);
                if (gradient is null)
                    continue;
                IsWhole(gradient);
                Assert.Equal(input.Shape, gradient.Shape);
                Assert.Equal(input.DType, gradient.DType);
            }
        }
    }

    [Theory]
    [InlineData("binary", "add sub mul div maximum where")]
    [InlineData("unary", "neg exp log sqrt abs tanh sigmoid relu pow")]
    [InlineData("reduce", "sum mean max min argmax")]
    [InlineData("matmul", "matmul batched_matmul linear")]
    [InlineData("softmax", "softmax log_softmax cross_entropy")]
    [InlineData("views", "permute transpose reshape slice broadcast_to cast")]
    public void Every_operation_has_cases(string file, string ops)
    {
        var names = ops.Split(' ');
        Assert.Equal(names.Order(), GoldenFile.Load(file).Cases.Select(golden => golden.Op).Distinct().Order());
        foreach (var op in names)
            Assert.True(GoldenFile.CasesOf(file, op).Count >= 2, op);
    }

    [Fact]
    public void Not_a_number_and_infinities_survive()
    {
        var values = GoldenFile.Load("unary").Cases.Single(golden => golden.Name == "relu_special_f32");
        Assert.True(double.IsNaN(values.Inputs[0].Values[2]));
        Assert.True(double.IsPositiveInfinity(values.Inputs[0].Values[3]));
        Assert.True(double.IsNegative(values.Inputs[0].Values[1]));
        Assert.True(double.IsNaN(values.Output.Values[2]));
    }

    /// <summary>Shows that the attributes mean what the script says: operands are stored transposed, gradients are as stored.</summary>
    [Fact]
    public void A_plain_product_agrees_with_every_stored_one()
    {
        foreach (var golden in GoldenFile.Load("matmul").Cases.Where(golden => golden.Op == "matmul"))
        {
            var (left, right, output) = (golden.Inputs[0], golden.Inputs[1], golden.Output);
            int rows = output.Shape[0], columns = output.Shape[1], inner = left.Values.Length / rows;
            int LeftAt(int i, int k) => golden.Bool("transposeLeft") ? (k * rows) + i : (i * inner) + k;
            int RightAt(int k, int j) => golden.Bool("transposeRight") ? (j * inner) + k : (k * columns) + j;
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var sum = Enumerable.Range(0, inner).Sum(k => left.Values[LeftAt(i, k)] * right.Values[RightAt(k, j)]);
                    Assert.Equal(sum, output.Values[(i * columns) + j], 1e-5);
                }
                for (var k = 0; k < inner; k++)
                {
                    var upstream = golden.Upstream!.Values;
                    var sum = Enumerable.Range(0, columns).Sum(j => upstream[(i * columns) + j] * right.Values[RightAt(k, j)]);
                    Assert.Equal(sum, golden.Gradients![0]!.Values[LeftAt(i, k)], 1e-5);
                }
            }
        }
    }

    [Fact]
    public void The_training_runs_are_whole_and_learn()
    {
        var training = GoldenFile.LoadTraining();
        Assert.Equal([8, 16, 12, 4], training.Layers);
        Assert.Equal([6, 8], training.Input.Shape);
        Assert.Equal([6], training.Target.Shape);
        Assert.Equal(["sgd", "sgd_momentum", "sgd_nesterov_decay", "adam", "adamw"], training.Runs.Select(run => run.Name));
        foreach (var run in training.Runs)
        {
            Assert.Equal([20], run.Losses.Shape);
            IsWhole(run.Losses);
            Assert.Equal(training.Runs[0].Losses.Values[0], run.Losses.Values[0]);
            Assert.True(run.Losses.Values[^1] < run.Losses.Values[0]);
            Assert.True(run.Option("lr") > 0);
            Assert.InRange(run.DriftFromF64, 0, 2e-5);
            Assert.Equal(training.Parameters.Select(parameter => parameter.Name), run.Parameters.Select(parameter => parameter.Name));
            foreach (var (first, last) in training.Parameters.Zip(run.Parameters))
            {
                IsWhole(last.Tensor);
                Assert.Equal(first.Tensor.Shape, last.Tensor.Shape);
                Assert.NotEqual(first.Tensor.Values, last.Tensor.Values);
            }
        }
    }

    [Fact]
    public void A_file_of_another_form_is_an_error() =>
        Assert.Throws<JsonException>(() => GoldenFile.Load("mlp_sgd"));
}
