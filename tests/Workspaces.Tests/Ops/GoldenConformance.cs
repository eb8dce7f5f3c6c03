using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;

namespace Workspaces.Tests.Ops;

/// <summary>Every case of the fixtures through the public ops: values and gradients are PyTorch's. Inherit with a table.</summary>
/// <typeparam name="TTable">The table.</typeparam>
public abstract class GoldenConformance<TTable>
    where TTable : IGoldenTable
{
    /// <summary>Of float32 figures, relative to the larger of 1 and the figure; float64 ones are held to 1e-12.</summary>
    private const double Tolerance = 2e-6;

    public static TheoryData<GoldenCase> Cases => [.. TTable.Files.SelectMany(file => GoldenFile.Load(file).Cases)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_PyTorch(GoldenCase golden)
    {
        ArgumentNullException.ThrowIfNull(golden);
        using var workspace = WorkspaceManager.Create(new());
        Tensor[] inputs = [.. golden.Inputs.Select(Make)];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (golden.Gradients?[i] is not null) inputs[i].RequireGrad();
        }

        Tensor output = TTable.Run(golden, inputs);
        Assert.Equal(golden.Output.Shape, OpRun.DimsOf(output));
        Assert.Equal(TypeOf(golden.Output.DType), output.DType);
        Close.To(golden.Output.Values, OpRun.Numbers(output), ToleranceOf(golden.Output), "output");
        if (golden.Upstream is null) return;
        output.Backward(Make(golden.Upstream));
        for (int i = 0; i < inputs.Length; i++)
        {
            if (golden.Gradients![i] is not { } gradient) continue;

            double[] expected = TTable.Gradient(golden.Op, gradient.Values, golden.Inputs[i].Values);
            Close.To(expected, OpRun.Numbers(Assert.NotNull(inputs[i].Grad)), ToleranceOf(gradient), $"gradient of input {i}");
        }
    }

    protected static DType TypeOf(string name) => DTypes.TryParse(name, out DType dtype) ? dtype : throw new InvalidDataException(name);

    private static double ToleranceOf(GoldenTensor golden) => golden.DType == "f64" ? 1e-12 : Tolerance;

    private static Tensor Make(GoldenTensor golden)
    {
        var shape = new Shape([.. golden.Shape.Select(size => (long)size)]);
        double[] values = golden.Values;
        return TypeOf(golden.DType) switch
        {
            DType.F32 => Tensor.From<float>([.. values.Select(value => (float)value)], shape),
            DType.F64 => Tensor.From<double>(values, shape),
            DType.I32 => Tensor.From<int>([.. values.Select(value => (int)value)], shape),
            DType.I64 => Tensor.From<long>([.. values.Select(value => (long)value)], shape),
            DType.U8 => Tensor.From<byte>([.. values.Select(value => (byte)value)], shape),
            _ => Tensor.From<bool>([.. values.Select(value => value != 0)], shape),
        };
    }
}
