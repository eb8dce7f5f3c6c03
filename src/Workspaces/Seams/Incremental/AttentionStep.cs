using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Seams.Incremental;

/// <summary>Causal self-attention that keeps keys and values of each head: [1, head, window, width of a head], persistent.</summary>
internal sealed class AttentionStep : SequenceStep
{
    private readonly MultiHeadAttention _layer;
    private readonly ModuleBuffer _keys;
    private readonly ModuleBuffer _values;

    internal AttentionStep(MultiHeadAttention layer, int window)
    {
        _layer = layer;
        var shape = new Shape(1, layer.Heads, window, layer.Width / layer.Heads);
        DType dtype = layer.InProjWeight.Value.DType;
        _keys = new ModuleBuffer(shape, dtype, 0, "keys", layer.InProjWeight.Manager);
        try
        {
            _values = new ModuleBuffer(shape, dtype, 0, "values", layer.InProjWeight.Manager);
        }
        catch
        {
            _keys.Dispose();
            throw;
        }
    }

    internal override bool IsLimited => true;

    internal override long KeptBytes => 2 * _keys.Value.Length * _keys.Value.DType.SizeInBytes;

    internal override Tensor Run(Tensor input, int position)
    {
        Tensor joined;
        using (Tensor projected = input.Linear(_layer.InProjWeight.Value, _layer.InProjBias?.Value))
            joined = PrefixAttentionOps.Run(projected, _keys.Value, _values.Value, position);
        using (joined) return _layer.OutProj.Forward(joined);
    }

    public override void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }
}
