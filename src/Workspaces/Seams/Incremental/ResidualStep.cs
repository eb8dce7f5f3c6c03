using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Seams.Incremental;

/// <summary>x + f(x).</summary>
internal sealed class ResidualStep(SequenceStep inner) : SequenceStep
{
    internal override bool IsLimited => inner.IsLimited;

    internal override long KeptBytes => inner.KeptBytes;

    internal override Tensor Run(Tensor input, int position)
    {
        Tensor made = inner.Run(input, position);
        using Tensor owned = made == input ? default : made;
        return input + made;
    }

    internal override void Reset() => inner.Reset();

    public override void Dispose() => inner.Dispose();
}
