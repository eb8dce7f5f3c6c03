using System.Numerics;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>
/// A loss that is NaN because of the model stays NaN; one that is because of the data is an error. Targets are looked through only when the loss is NaN, as
/// every NaN among them makes it: a loss of good data costs nothing more.
/// </summary>
internal static class NaNTargets
{
    /// <summary>Throws when a target is NaN.</summary>
    /// <param name="name">The op.</param>
    /// <param name="x">Shape of the predictions.</param>
    /// <param name="targets">Their memory from the first element on.</param>
    /// <param name="layout">Where the targets lie in it.</param>
    internal static void Refuse<T>(string name, in Shape x, ReadOnlySpan<T> targets, in Layout layout)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long position = 0;
        foreach (long offset in new LayoutOffsets(layout))
        {
            if (T.IsNaN(targets[(int)(offset - layout.Offset)])) OpThrow.NaNTarget(name, x, layout.Shape, position);
            position++;
        }
    }

    /// <summary>Throws when a loss that other ops have made is NaN because of its targets, and releases it.</summary>
    /// <param name="name">The op that asks.</param>
    /// <param name="loss">A contiguous loss.</param>
    /// <param name="x">Shape of the predictions.</param>
    /// <param name="targets">Float targets of the loss's type.</param>
    /// <returns>The loss.</returns>
    internal static Tensor Refuse(string name, Tensor loss, in Shape x, Tensor targets)
    {
        try
        {
            using var op = new OpScope(name, loss, targets);
            if (op.Computes && loss.DType == DType.F32) Look<float>(op, name, loss, x, targets);
            else if (op.Computes) Look<double>(op, name, loss, x, targets);
            op.Complete();
            return loss;
        }
        catch
        {
            loss.Dispose();
            throw;
        }
    }

    private static void Look<T>(in OpScope op, string name, Tensor loss, in Shape x, Tensor targets)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (T value in op.ReadSpan<T>(loss))
        {
            if (!T.IsNaN(value)) continue;
            Refuse(name, x, op.ReadSpan<T>(targets), targets.Layout);
            return;
        }
    }
}
