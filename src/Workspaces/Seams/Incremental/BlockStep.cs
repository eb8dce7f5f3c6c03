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
        Tensor between;
        using (attended) between = input + attended;
        using (between)
        {
            Tensor inner;
            using (Tensor normal = block.Norm2.Forward(between)) inner = block.Linear1.Forward(normal);
            Tensor active;
            using (inner) active = inner.Gelu();
            Tensor made;
            using (active) made = block.Linear2.Forward(active);
            using (made) return between + made;
        }
    }

    public override void Dispose() => _attention.Dispose();
}
