using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>The errors of ops, apart from the code that does not fail.</summary>
internal static class OpThrow
{
    [DoesNotReturn]
    internal static void Parameter(string parameter, string op, double value, string numbers, string remedy) => throw new ArgumentOutOfRangeException(
        parameter, WorkspaceException.Compose($"run {op} with {parameter} {value}", op, numbers, remedy));

    [DoesNotReturn]
    internal static void SizeParameter(string parameter, string op, long value, string numbers, string remedy) => throw new ArgumentOutOfRangeException(
        parameter, WorkspaceException.Compose($"run {op} with {parameter} {value}", op, numbers, remedy));

    [DoesNotReturn]
    internal static void NoBounds(string op) => throw new ArgumentException(
        WorkspaceException.Compose($"run {op} without bounds", op, "neither a smallest nor a largest value is given", "give at least one of them"));

    [DoesNotReturn]
    internal static void EmptyBatch(string op, in Shape x, in Shape target) => throw new ArgumentException(WorkspaceException.Compose(
        $"take the mean {op} of {x} with targets {target}", op, "there are no samples, and so no mean",
        "skip empty batches, or use the reduction Sum, which gives 0"));

    [DoesNotReturn]
    internal static void TargetShape(string op, in Shape x, in Shape target) => throw new ShapeException(
        $"take the {op} of {x} with targets {target}", op, "both must have the same shape; a loss does not broadcast",
        "reshape the targets, or stretch them on purpose with BroadcastTo");

    [DoesNotReturn]
    internal static void NaNTarget(string op, in Shape target, long position) => throw new ArgumentException(WorkspaceException.Compose(
        $"take the {op} with targets {target}", op, $"target {position} (counted row by row) is NaN", "check the data, or leave such samples out"));

    [DoesNotReturn]
    internal static void Label(string op, long label, int sample, long classes) => throw new ArgumentException(WorkspaceException.Compose(
        $"take the {op} with label {label}", $"{op}, sample {sample}", $"there are {classes} classes, so labels run from 0 to {classes - 1}",
        "check the data, or give the model as many outputs as there are classes"));
}
