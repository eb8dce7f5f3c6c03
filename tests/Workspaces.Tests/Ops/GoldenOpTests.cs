using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;

namespace Workspaces.Tests.Ops;

/// <summary>Ops of the first fixtures.</summary>
public sealed class GoldenOpTests : GoldenConformance<GoldenOpTests>, IGoldenTable
{
    public static string[] Files => GoldenFile.OperationFiles;

    /// <summary>Where an input is NaN, slopes are a choice: that of |x| is NaN here and 0 in PyTorch, that of relu 0 here and 1 in PyTorch.</summary>
    public static double[] Gradient(string op, double[] gradient, double[] input) =>
        op is "abs" or "relu" ? [.. gradient.Zip(input, (slope, x) => !double.IsNaN(x) ? slope : op == "abs" ? double.NaN : 0)] : gradient;

    public static Tensor Run(GoldenCase golden, Tensor[] x) => golden.Op switch
    {
        "add" => x[0] + x[1],
        "sub" => x[0] - x[1],
        "mul" => x[0] * x[1],
        "div" => x[0] / x[1],
        "maximum" => x[0].Maximum(x[1]),
        "where" => x[0].Where(x[1], x[2]),
        "neg" => -x[0],
        "exp" => x[0].Exp(),
        "log" => x[0].Log(),
        "sqrt" => x[0].Sqrt(),
        "abs" => x[0].Abs(),
        "tanh" => x[0].Tanh(),
        "sigmoid" => x[0].Sigmoid(),
        "relu" => x[0].Relu(),
        "pow" => x[0].Pow(golden.Double("exponent")),
        "sum" => x[0].Sum(golden.Ints("axes"), golden.Bool("keepDims")),
        "mean" => x[0].Mean(golden.Ints("axes"), golden.Bool("keepDims")),
        "max" => x[0].Max(golden.Ints("axes"), golden.Bool("keepDims")),
        "min" => x[0].Min(golden.Ints("axes"), golden.Bool("keepDims")),
        "argmax" => x[0].ArgMax(golden.Int("axis"), golden.Bool("keepDims")),
        "matmul" => Turned(golden, "transposeLeft", x[0]).MatMul(Turned(golden, "transposeRight", x[1])),
        "batched_matmul" => x[0].MatMul(x[1]),
        "linear" => x.Length == 3 ? x[0].Linear(x[1], x[2]) : x[0].Linear(x[1]),
        "softmax" => x[0].Softmax(golden.Int("axis")),
        "log_softmax" => x[0].LogSoftmax(golden.Int("axis")),
        "cross_entropy" => x[0].CrossEntropy(x[1], Enum.Parse<LossReduction>(golden.Text("reduction"), ignoreCase: true)),
        "permute" => x[0].Permute(golden.Ints("axes")),
        "transpose" => x[0].Transpose(golden.Int("axis0"), golden.Int("axis1")),
        "reshape" => Turned(golden, "transposeFirst", x[0]).Reshape([.. golden.Ints("shape").Select(size => (long)size)]),
        "slice" => Sliced(golden, x[0]),
        "broadcast_to" => x[0].BroadcastTo(new Shape([.. golden.Ints("shape").Select(size => (long)size)])),
        "cast" => x[0].To(TypeOf(golden.Text("to"))),
        _ => throw new InvalidDataException(golden.Op),
    };

    private static Tensor Turned(GoldenCase golden, string attribute, Tensor x) =>
        golden.Attributes.ContainsKey(attribute) && golden.Bool(attribute) ? x.Transpose() : x;

    private static Tensor Sliced(GoldenCase golden, Tensor x)
    {
        int[] starts = golden.Ints("starts"), stops = golden.Ints("stops"), steps = golden.Ints("steps");
        TensorIndex[] entries = [.. starts.Select((start, axis) => TensorIndex.FromRange(start..stops[axis], steps[axis]))];
        return x.Index(entries);
    }
}
