namespace Workspaces.Memory;

/// <summary>
/// Values were asked for in a pass that is traced on shapes alone: its tensors have shapes, types and lifetimes, but no bytes. The message has four
/// parts: what was asked, by whom, the numbers, and the remedy.
/// </summary>
public sealed class ShapesOnlyException : InvalidOperationException
{
    /// <summary>Makes the error out of its four parts.</summary>
    /// <param name="asked">What was asked, e.g. <c>read the item</c>.</param>
    /// <param name="by">Who asked: a tensor, a block, an op.</param>
    /// <param name="numbers">Which pass of which workspace is traced.</param>
    /// <param name="remedy">What to do instead.</param>
    public ShapesOnlyException(string asked, string by, string numbers, string remedy)
        : base(WorkspaceException.Compose(asked, by, numbers, remedy))
    {
    }
}
