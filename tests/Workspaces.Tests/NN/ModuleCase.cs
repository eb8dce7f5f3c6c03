using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>One module with shapes to run it on: a line of a table that <see cref="ModuleConformance{TTable}"/> tests.</summary>
/// <param name="Name">Unique in the table.</param>
/// <param name="Make">Makes it of a float type, in a manager's memory.</param>
/// <param name="Shapes">Shapes of its input; the last one is run as a planned step, so it must not be empty.</param>
public sealed record ModuleCase(string Name, Func<DType, WorkspaceManager, Module> Make, params int[][] Shapes)
{
    /// <summary>What the golden file calls it; null for a module that PyTorch does not have.</summary>
    public string? Golden { get; init; }

    /// <summary>Above 0 for a module whose input is int64 from 0 to below this number.</summary>
    public int Classes { get; init; }

    /// <summary>True for a module that draws random numbers while it trains: then its values are compared in evaluation.</summary>
    public bool IsRandom { get; init; }

    /// <summary>True for a module that computes something else in evaluation, by rule and not by chance, as batch norm does.</summary>
    public bool ChangesInEvaluation { get; init; }

    /// <summary>True for a module that leaves out a part of its gradient by rule, so that slopes are not what differences say.</summary>
    public bool CutsGradients { get; init; }

    /// <summary>Largest error of float32 values and gradients against PyTorch, relative to the larger of 1 and the figure.</summary>
    public double Tolerance { get; init; } = 5e-6;

    /// <summary>Test explorers show the case by this.</summary>
    public override string ToString() => Name;
}
