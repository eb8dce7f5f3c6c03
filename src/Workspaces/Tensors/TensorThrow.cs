using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>The errors of tensor handles, kept apart so that checks stay small.</summary>
internal static class TensorThrow
{
    /// <summary>Throws, unless the tensor's workspace wants no checks and the handle can be let through.</summary>
    internal static void Stale(TensorHeader? header, ulong generation, string asked)
    {
        if (header is not null && IsOverlooked(header, generation)) return;
        ThrowStale(header, generation, asked);
    }

    /// <summary>A handle is let through where its own workspace and that of its bytes want it so. What the tape knew of the tensor is over.</summary>
    private static bool IsOverlooked(TensorHeader header, ulong generation)
    {
        TensorHeader storage = header.Storage;
        ulong birth = header.Root is null ? generation : header.RootBirth;
        if (header.Birth != generation || !(header.Admits(generation) || header.Frame.ChecksNothing)) return false;
        if (!storage.Admits(birth) && !storage.Frame.Overlooks(storage, birth)) return false;
        if (header.Node is not null && !storage.Keeps(birth)) header.Node = null;
        return true;
    }

    [DoesNotReturn]
    private static void ThrowStale(TensorHeader? header, ulong generation, string asked)
    {
        asked = char.IsUpper(asked[0]) ? $"run {asked} on a tensor" : $"{asked} of a tensor";
        if (header is null)
            throw new StaleAccessException(
                asked, "a default tensor", "it was never created (default value of the struct)", "create it first, e.g. with Tensor.Zeros");
        TensorHeader owner = header.Root is { } root && header.Admits(generation) ? root : header;
        ulong birth = ReferenceEquals(owner, header) ? generation : header.RootBirth;
        WorkspaceManager.NoteLateUse(owner, birth);
        string through = ReferenceEquals(owner, header) ? "" : $"the tensor that {Describe(header)} is a view of: ";
        throw new StaleAccessException(
            asked, DescribeLife(header, generation), through + Throw.DescribeLife(owner, birth) + owner.Frame.DescribeSites(owner, birth),
            Throw.LateUseRemedy(owner, birth) ?? CarriedOnRemedy(header, generation)
            ?? "use it before it is disposed and before its pass ends; MoveTo a workspace that lives longer, or copy its data out with CopyTo or Item");
    }

    [DoesNotReturn]
    internal static void WrongType(Tensor tensor, DType asked, string what) => throw new ArgumentException(
        WorkspaceException.Compose(
            $"{what} as {asked.Name}", Describe(tensor.Checked(what)),
            $"its elements are {tensor.DType.Name}", $"ask for {tensor.DType.Name}, or convert it first with To(DType.{asked})"));

    /// <summary>An operand of an op has not the type that the op wants there.</summary>
    [DoesNotReturn]
    internal static void OperandType(string op, Tensor operand, DType wanted, string what) => throw new ArgumentException(
        WorkspaceException.Compose(
            $"run {op} with the {what} {Describe(operand.Checked(op))}", op, $"the {what} must be {wanted.Name}, and its elements are {operand.DType.Name}",
            $"convert it first with To(DType.{wanted})"));

    /// <summary>Two operands of an op that wants them of one type differ in it.</summary>
    [DoesNotReturn]
    internal static void TypesDiffer(string op, Tensor first, Tensor other) => throw new ArgumentException(
        WorkspaceException.Compose(
            $"run {op} on {Describe(first.Checked(op))} and {Describe(other.Checked(op))}", op, $"their elements are {first.DType.Name} and {other.DType.Name}",
            $"give both one type, e.g. the second with To(DType.{first.DType})"));

    [DoesNotReturn]
    internal static void NotContiguous(Tensor tensor, string what) => throw new InvalidOperationException(
        WorkspaceException.Compose(
            what, Describe(tensor.Checked(what)), $"its elements are not next to each other ({tensor.Layout})", "call Contiguous() first, or use CopyTo, which walks the strides"));

    [DoesNotReturn]
    internal static void TooLongForSpan(Tensor tensor, string what) => throw new InvalidOperationException(
        WorkspaceException.Compose(
            what, Describe(tensor.Checked(what)), $"it has {tensor.Length} elements and a span holds at most {int.MaxValue}", "slice it and take a span of each part"));

    [DoesNotReturn]
    internal static void NotAScalar(Tensor tensor) => throw new InvalidOperationException(
        WorkspaceException.Compose(
            "read the item", Describe(tensor.Checked("read the item")), $"it has {tensor.Length} elements", "reduce it to one element, or index it, before reading the item"));

    [DoesNotReturn]
    internal static void WrongLength(string asked, Tensor tensor, long given) => throw new ArgumentException(
        WorkspaceException.Compose(
            asked, Describe(tensor.Checked(asked)), $"it has {tensor.Length} elements, the other side {given}", "give both the same number of elements"));

    [DoesNotReturn]
    internal static void InPlaceRefused(TensorHeader header, string op, string why, string remedy) => throw new InvalidOperationException(
        WorkspaceException.Compose($"write in place by {op}", Describe(header), why, remedy));

    [DoesNotReturn]
    internal static void NoBytes(TensorHeader header, string asked) => ShapeSource.ThrowNoBytes(header.Storage.Frame, asked, Describe(header));

    [DoesNotReturn]
    internal static void LeavesTrace(string op, Frame target) => throw new ShapesOnlyException(
        $"put the result of {op} into a pass that computes", op, $"an operand comes from a pass that is traced on shapes alone, the result goes to '{target.Name}'",
        "keep tensors of a traced pass inside it; with a manager made by WorkspaceManager.ForShapes, compute inside one of its workspaces");

    [DoesNotReturn]
    internal static void ChangesOutside(TensorHeader header) => throw new ShapesOnlyException(
        "record a write in place to a tensor of an outer pass", Describe(header), "the pass that writes is traced on shapes alone and changes nothing outside itself",
        "compute a new tensor, or write inside Gradients.Off()");

    /// <summary>What to do about the result of a recorded op that is used in a later pass, as a state that a loop carries on; else null.</summary>
    private static string? CarriedOnRemedy(TensorHeader header, ulong generation) =>
        header.Birth == generation && generation <= header.Frame.Floor && header.Node is { IsLeaf: false } node
            ? $"a state that goes from pass to pass needs Detach().MoveTo(…) before its pass ends (it came from {node.Path}); "
                + "of losses add up the numbers: total += loss.Item()"
            : null;

    /// <summary>Name, type, shape and op of a tensor for messages.</summary>
    internal static string Describe(TensorHeader header) =>
        $"tensor {(header.Name is { } name ? $"'{name}' " : "")}{header.DType.Name}{header.Layout.Shape}{(header.Op is { } op ? $" made by {op}" : "")}";

    private static string DescribeLife(TensorHeader header, ulong generation) =>
        header.Birth == generation
            ? $"{Describe(header)} in pass {header.BirthPass}"
            : $"{Throw.DescribeLost(header, generation, "tensor")}, whose header serves another tensor by now";
}
