using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;
using Workspaces.Tests.Ops;

namespace Workspaces.Tests.NN;

/// <summary>A module of a case with random parameters, an input and the gradient that is fed into its output.</summary>
internal sealed class ModuleTrial : IDisposable
{
    private readonly Parameter? _input;
    private readonly Tensor _indices;

    public ModuleTrial(ModuleCase which, DType dtype, int[] shape, WorkspaceManager manager)
    {
        Module = which.Make(dtype, manager);
        var random = new Random(11);
        foreach (Parameter parameter in Module.Parameters) Load(parameter.Value, Numbers(random, parameter.Length));
        var dims = new Shape([.. shape.Select(size => (long)size)]);
        if (which.Classes > 0)
        {
            _indices = Tensor.From<long>([.. Enumerable.Range(0, (int)dims.Length).Select(_ => random.NextInt64(which.Classes))], dims);
            return;
        }

        _input = new Parameter(dims, dtype, "input", manager);
        Load(_input.Value, Numbers(random, dims.Length));
    }

    public Module Module { get; }

    /// <summary>The parameters, after them the input where it is differentiable.</summary>
    public IReadOnlyList<Parameter> Leaves => _input is null ? Module.Parameters : [.. Module.Parameters, _input];

    public Tensor Input => _input?.Value ?? _indices;

    /// <summary>The output, summed up with the weights of <see cref="OpRun.Upstream"/>.</summary>
    public double Loss()
    {
        using NoGradScope off = Gradients.Off();
        Tensor y = Module.Forward(Input);
        double[] output = OpRun.Numbers(y);
        Release(y);
        return output.Zip(OpRun.Upstream(output.Length), (value, weight) => value * weight).Sum();
    }

    /// <summary>Forward and backward: the output, then the gradients of the leaves; nothing of it stays.</summary>
    public double[][] Run()
    {
        foreach (Parameter leaf in Leaves) leaf.ZeroGrad();
        Tensor y = Module.Forward(Input);
        double[] output = OpRun.Numbers(y);
        using (Tensor upstream = OpRun.MakeUpstream(y)) y.Backward(upstream);
        Release(y);
        return [output, .. Leaves.Select(leaf => leaf.Grad is { } gradient ? OpRun.Numbers(gradient) : new double[leaf.Length])];
    }

    /// <summary>Forward and backward without looking at a number.</summary>
    public void Unread()
    {
        Tensor y = Module.Forward(Input);
        using (Tensor upstream = OpRun.MakeUpstream(y)) y.Backward(upstream);
        Release(y);
    }

    /// <summary>Forward without gradients.</summary>
    public void Infer()
    {
        using NoGradScope off = Gradients.Off();
        Release(Module.Forward(Input));
    }

    /// <summary>Releases an output, which may be the input itself.</summary>
    public void Release(Tensor output)
    {
        if (output != Input) output.Dispose();
    }

    public void Dispose()
    {
        Module.Dispose();
        _input?.Dispose();
        if (_input is null) _indices.Dispose();
    }

    public static void Load(Tensor target, double[] values)
    {
        if (target.DType == DType.F64) target.CopyFrom<double>(values);
        else target.CopyFrom<float>(values.Select(static value => (float)value).ToArray());
    }

    public static Tensor Make(GoldenTensor golden)
    {
        var array = new NdArray(golden.Shape, golden.Values);
        return golden.DType switch
        {
            "f32" => OpRun.Make(array, DType.F32),
            "f64" => OpRun.Make(array, DType.F64),
            _ => Tensor.From<long>([.. golden.Values.Select(static value => (long)value)], new Shape([.. golden.Shape.Select(size => (long)size)])),
        };
    }

    private static double[] Numbers(Random random, long length) =>
        [.. Enumerable.Range(0, (int)length).Select(_ => (double)(float)((random.NextDouble() - 0.5) * 1.4))];
}
