using Workspaces.Tensors;
using Workspaces.Tests.Golden;

namespace Workspaces.Tests.Ops;

/// <summary>Fixtures and the ops that they are about.</summary>
public interface IGoldenTable
{
    /// <summary>Names of the files, without extension.</summary>
    static abstract string[] Files { get; }

    /// <summary>Runs the op of a case through the public surface.</summary>
    static abstract Tensor Run(GoldenCase golden, Tensor[] x);

    /// <summary>What is expected where an input is NaN, if not what PyTorch says.</summary>
    static virtual double[] Gradient(string op, double[] gradient, double[] input) => gradient;
}
