using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>Errors of decompositions and solvers: what was asked, by whom, the numbers, the remedy.</summary>
internal static class LinearAlgebraThrow
{
    [DoesNotReturn]
    internal static void NoMatrix(string op, in Shape shape) => throw new ShapeException(
        $"run {op} on shape {shape}", op, $"it has {shape.Rank} axes, a matrix has two", "give [rows, columns], with axes before them for a batch");

    [DoesNotReturn]
    internal static void NotSquare(string op, in Shape shape) => throw new ShapeException(
        $"run {op} on shape {shape}", op, $"the matrix has {shape[-2]} rows and {shape[-1]} columns", "give a square matrix, or use LeastSquares or PseudoInverse");

    [DoesNotReturn]
    internal static void WrongRight(string op, in Shape left, in Shape right) => throw new ShapeException(
        $"run {op} with a right side of shape {right}", op, $"the matrix has shape {left}",
        $"give [{left[-2]}] or [{left[-2]}, columns], with the same axes before them as the matrix, or none");

    [DoesNotReturn]
    internal static void OtherType(string op, DType left, DType right) => throw new ArgumentException(WorkspaceException.Compose(
        $"run {op} on {left.Name} and {right.Name}", op, "both sides must have the same type", $"convert one with To(DType.{left})"));

    [DoesNotReturn]
    internal static void RequiresGradient(string op, in Shape shape) => throw new InvalidOperationException(WorkspaceException.Compose(
        $"run {op} on a tensor that requires a gradient", op, $"shape {shape}; no gradient flows through decompositions and solvers, so it would be lost",
        "call it on Detach(), or inside Gradients.Off()"));

    [DoesNotReturn]
    internal static void NotFinite(string op, in Shape shape, long matrix, int row, int column, double value) => throw new ArithmeticException(WorkspaceException.Compose(
        $"run {op} on shape {shape}", op, $"matrix {matrix} holds {value} at [{row}, {column}]", "look for the op that made it with Anomalies.Detect()"));

    [DoesNotReturn]
    internal static void Singular(string op, in Shape shape, long matrix, double pivot) => throw new ArithmeticException(WorkspaceException.Compose(
        $"run {op} on shape {shape}", op, $"matrix {matrix} is singular: its smallest pivot is {pivot:G3} of the largest",
        "use LeastSquares or PseudoInverse, or add a small multiple of the identity"));

    [DoesNotReturn]
    internal static void NotPositiveDefinite(string op, in Shape shape, long matrix) => throw new ArithmeticException(WorkspaceException.Compose(
        $"run {op} on shape {shape}", op, $"matrix {matrix} is not positive definite: a pivot is 0 or below",
        "give a symmetric matrix with positive eigenvalues, or add a multiple of the identity"));

    [DoesNotReturn]
    internal static void NotConverged(string op, in Shape shape, long matrix, Exception inner) => throw new ArithmeticException(
        WorkspaceException.Compose($"run {op} on shape {shape}", op, $"the iteration on matrix {matrix} did not converge", "scale the matrix, or use float64"), inner);

    [DoesNotReturn]
    internal static void Tolerance(string op, double tolerance) => throw new ArgumentOutOfRangeException(
        nameof(tolerance),
        WorkspaceException.Compose(
            $"run {op} with tolerance {tolerance}", op, "it must be a number from 0 to 1, a fraction of the largest singular value", "leave it away for the usual one"));

    [DoesNotReturn]
    internal static void EmptyMatrix(string asked, in Shape shape) => throw new ShapeException(
        asked, "the bridge to MathNet", $"shape {shape} has {shape.Length} elements, and MathNet has no empty matrices or vectors", "leave empty tensors out");

    [DoesNotReturn]
    internal static void WrongRank(string asked, in Shape shape, int rank) => throw new ShapeException(
        asked, "the bridge to MathNet", $"shape {shape} has {shape.Rank} axes, it takes {rank}", "Select one matrix of a batch, or Reshape");

    [DoesNotReturn]
    internal static void TooLarge(string op, in Shape shape) => throw new ShapeException(
        $"run {op} on shape {shape}", op, $"a matrix of it has more than {Array.MaxLength} elements", "split it");
}
