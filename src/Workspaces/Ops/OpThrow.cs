using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>The errors of ops, apart from the code that does not fail.</summary>
internal static class OpThrow
{
    [DoesNotReturn]
    internal static void Parameter(string parameter, string op, Tensor x, double value, string numbers, string remedy) => throw new ArgumentOutOfRangeException(
        parameter, WorkspaceException.Compose(
            string.Create(CultureInfo.InvariantCulture, $"run {op} on {x.Checked(op).Layout.Shape} with {parameter} {value}"), op, numbers, remedy));

    [DoesNotReturn]
    internal static void SizeParameter(string parameter, string op, Tensor x, long value, string numbers, string remedy) =>
        SizeParameter(parameter, op, x.Checked(op).Layout.Shape, value, numbers, remedy);

    [DoesNotReturn]
    internal static void SizeParameter(string parameter, string op, in Shape x, long value, string numbers, string remedy) => throw new ArgumentOutOfRangeException(
        parameter, WorkspaceException.Compose(string.Create(CultureInfo.InvariantCulture, $"run {op} on {x} with {parameter} {value}"), op, numbers, remedy));

    [DoesNotReturn]
    internal static void NotIntegers(string op, Tensor x, Tensor indices, string what) => throw new ArgumentException(WorkspaceException.Compose(
        $"run {op} on {x.Shape} with {what} {indices.DType.Name}{indices.Shape}", op, $"{what} are whole numbers, int64 or int32", "convert them with To(DType.I64)"));

    [DoesNotReturn]
    internal static void ZeroDivisor(string op, in Shape x, string divisor, Exception? cause) => throw new DivideByZeroException(
        WorkspaceException.Compose(
            $"take the {op} of {x} by {divisor}", op, "a divisor is 0, and integers have no value for that",
            "check the divisors, or convert both with To to a float type, where the rest is NaN"), cause);

    [DoesNotReturn]
    internal static void NoBounds(string op, Tensor x) => throw new ArgumentException(
        WorkspaceException.Compose($"run {op} on {x.Checked(op).Layout.Shape} without bounds", op, "neither a smallest nor a largest value is given", "give at least one of them"));

    [DoesNotReturn]
    internal static void EmptyBatch(string op, in Shape x, in Shape target) => throw new ArgumentException(WorkspaceException.Compose(
        $"take the mean {op} of {x} with targets {target}", op, "there are no samples, and so no mean",
        "skip empty batches, or use the reduction Sum, which gives 0"));

    [DoesNotReturn]
    internal static void TargetShape(string op, in Shape x, in Shape target) => throw new ShapeException(
        $"take the {op} of {x} with targets {target}", op, "both must have the same shape; a loss does not broadcast",
        "reshape the targets, or stretch them on purpose with BroadcastTo");

    [DoesNotReturn]
    internal static void NaNTarget(string op, in Shape x, in Shape target, long position) => throw new ArgumentException(WorkspaceException.Compose(
        $"take the {op} of {x} with targets {target}", op, $"target {position} (counted row by row) is NaN", "check the data, or leave such samples out"));

    [DoesNotReturn]
    internal static void Label(string op, in Shape x, long label, int sample, long classes) => throw new ArgumentException(WorkspaceException.Compose(
        $"take the {op} of {x} with label {label}", $"{op}, sample {sample}", $"there are {classes} classes, so labels run from 0 to {classes - 1}",
        "check the data, or give the model as many outputs as there are classes"));

    [DoesNotReturn]
    internal static void Position(string op, in Shape shape, int axis, long position) => throw new ArgumentException(WorkspaceException.Compose(
        $"run {op} on {shape} with position {position}", op,
        shape[axis] == 0 ? $"axis {axis} has no elements" : $"positions on axis {axis} go from 0 to {shape[axis] - 1}", "check the positions"));

    [DoesNotReturn]
    internal static void Positions(string op, in Shape shape, in Shape positions, int axis) => throw new ShapeException(
        $"run {op} on {shape} with positions {positions}", op, $"apart from axis {axis}, positions have as many axes and are nowhere larger",
        "give positions of such a shape, stretched with BroadcastTo where they repeat");

    [DoesNotReturn]
    internal static void Broadcast(string op, params ReadOnlySpan<Tensor> operands)
    {
        var shapes = new string[operands.Length];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = operands[i].Shape.ToString();
        throw new ShapeException(
            $"broadcast {string.Join(", ", shapes[..^1])} and {shapes[^1]}", op, "two sizes of an axis, counted from the end, differ and neither is 1",
            "make the sizes equal, or 1 where an operand is stretched");
    }

    [DoesNotReturn]
    internal static void NothingToJoin(string op) => throw new ArgumentException(
        WorkspaceException.Compose($"run {op} on no tensors", op, "the result would have no shape", "give at least one tensor"));

    [DoesNotReturn]
    internal static void JoinShapes(string op, in Shape first, in Shape other, int number, int axis) => throw new ShapeException(
        $"join {first} and {other} along axis {axis}", op, $"tensor {number} has other sizes than the first one on the other axes", "make the other sizes equal");
}
