using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Seams.Incremental;

/// <summary>Adds the vector of the position.</summary>
/// <param name="vectors">[length, width].</param>
internal sealed class PositionStep(Tensor vectors) : SequenceStep
{
    internal override bool IsLimited => true;

    internal override Tensor Run(Tensor input, int position)
    {
        using Tensor row = vectors.Slice(0, position, 1);
        return input + row;
    }

    public override void Dispose()
    {
        // It keeps nothing.
    }
}
