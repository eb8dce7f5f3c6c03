using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Kernels.Reductions;

/// <summary>Errors of reductions, away from their loops.</summary>
internal static class ReductionThrow
{
    /// <summary>A matrix that its span does not hold.</summary>
    [DoesNotReturn]
    public static void Matrix(int rows, int columns, int ld, int length) => throw new ArgumentException(
        $"Column sums: a matrix of [{rows}, {columns}] with {ld} elements between rows does not lie in a span of {length}. The distance must be at least the " +
        "columns, and the span must cover the last row.", nameof(rows));
}
