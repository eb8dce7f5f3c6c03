using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Optim;

/// <summary>Two neighbours in the slab, the parameters of the golden file, and gradients sent to them.</summary>
internal sealed class OptimizerBench : IDisposable
{
    private readonly Workspace _workspace;

    internal OptimizerBench(DType dtype, int threads = 1)
    {
        Manager.KernelThreads = threads;
        _workspace = Manager.Lease(new() { Name = "step", HelperMinSize = 1 });
        DType = dtype;
        double[] start = OptimizerGolden.File.Start;
        Parameters = [Make(start[..OptimizerGolden.Split]), Make(start[OptimizerGolden.Split..])];
    }

    internal WorkspaceManager Manager { get; } = new();

    internal DType DType { get; }

    internal Parameter[] Parameters { get; }

    internal double[] Values => [.. Parameters.SelectMany(static parameter => Numbers(parameter.Value))];

    internal double[] Gradients => [.. Parameters.SelectMany(static parameter => Numbers(parameter.Grad!.Value))];

    public void Dispose()
    {
        _workspace.Dispose();
        Manager.Dispose();
    }

    internal Parameter Make(params double[] values)
    {
        var parameter = new Parameter(new Shape(values.Length), DType, manager: Manager);
        Fill(parameter.Value, values);
        return parameter;
    }

    internal void Send(double[] gradients)
    {
        Send(Parameters[0], gradients[..OptimizerGolden.Split]);
        Send(Parameters[1], gradients[OptimizerGolden.Split..]);
    }

    internal void Send(Parameter parameter, params double[] gradient)
    {
        using Pass pass = _workspace.Enter();
        Tensor sent = Tensor.Empty(parameter.Value.Shape, DType);
        Fill(sent, gradient);
        parameter.Value.Backward(sent);
    }

    internal void InShapes(Action action)
    {
        using Pass pass = _workspace.EnterShapes();
        action();
    }

    internal static double[] Numbers(Tensor tensor) =>
        tensor.DType == DType.F64 ? tensor.ToArray<double>() : [.. tensor.ToArray<float>().Select(static value => (double)value)];

    internal static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = double.IsFinite(expected[i])
                ? Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]))
                : expected[i].Equals(actual[i]);
            Assert.True(same, $"{what} [{i}]: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }

    private static void Fill(Tensor target, double[] values)
    {
        if (target.DType == DType.F64) target.CopyFrom<double>(values);
        else target.CopyFrom<float>(Array.ConvertAll(values, static value => (float)value));
    }
}
