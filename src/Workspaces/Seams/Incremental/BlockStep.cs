using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Seams.Incremental;

/// <summary>A transformer block in evaluation: x + attention(norm(x)), then x + MLP(norm(x)).</summary>
internal sealed class BlockStep(TransformerBlock block, int window) : SequenceStep
{
    private readonly AttentionStep _attention = new(block.Attention, window);

    internal override bool IsLimited => true;

    internal override long KeptBytes => _attention.KeptBytes;

    internal override Tensor Run(Tensor input, int position)
    {
        Tensor attended;
        using (Tensor normal = block.Norm1.Forward(input)) attended = _attention.Run(normal, position);
        using (Tensor between = attended.AddInPlace(input))
        {
            Tensor inner;
            using (Tensor normal = block.Norm2.Forward(between)) inner = block.Linear1.Forward(normal);
            Tensor active = TransformerBlock.Activated(inner);
            Tensor made;
            using (active) made = block.Linear2.Forward(active);
            return made.AddInPlace(between);
        }
    }

    public override void Dispose() => _attention.Dispose();
}
