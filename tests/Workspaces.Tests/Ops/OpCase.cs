using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>One op with example inputs: a line of a table that <see cref="OpConformance{TTable}"/> tests.</summary>
/// <param name="Name">Unique in the table.</param>
/// <param name="Op">The op's name as its errors print it.</param>
/// <param name="Inputs">Shapes of the inputs.</param>
/// <param name="Run">The op itself.</param>
/// <param name="Reference">The same in plain C#.</param>
public sealed record OpCase(string Name, string Op, int[][] Inputs, Func<Tensor[], Tensor> Run, Func<NdArray[], NdArray> Reference)
{
    /// <summary>Bounds of the random inputs.</summary>
    public double Low { get; init; } = -2;

    public double High { get; init; } = 2;

    /// <summary>False for ops without a gradient: comparisons, positions, rounding.</summary>
    public bool Differentiable { get; init; } = true;

    /// <summary>Inputs that take part in gradients; all when not given.</summary>
    public int DifferentiableInputs { get; init; } = int.MaxValue;

    /// <summary>Largest relative error of a float32 result.</summary>
    public double F32Tolerance { get; init; } = 1e-5;

    /// <summary>Largest relative error of a float64 result.</summary>
    public double F64Tolerance { get; init; } = 1e-12;

    /// <summary>Random numbers of three decimals, never 0 and apart from kinks; they depend on the name alone.</summary>
    public NdArray[] MakeInputs()
    {
        int seed = 17;
        foreach (char letter in Name) seed = unchecked((seed * 31) + letter);
        var random = new Random(seed);
        return [.. Inputs.Select(dims => NdArray.Build(dims, _ =>
        {
            double value = Math.Round(Low + (random.NextDouble() * (High - Low)), 3);
            return value == 0 ? 0.5 : value;
        }))];
    }

    public bool IsDifferentiable(int input) => Differentiable && input < DifferentiableInputs;

    /// <summary>Test explorers show the case by this.</summary>
    public override string ToString() => Name;
}
