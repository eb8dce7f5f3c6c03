using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Seams.Incremental;

/// <summary>A recurrent layer that keeps its last states, persistent; there is no limit to the length of its sequence.</summary>
internal sealed class RecurrentStep : SequenceStep
{
    private readonly Recurrent _layer;
    private readonly ModuleBuffer _state;
    private readonly ModuleBuffer? _cell;

    internal RecurrentStep(Recurrent layer)
    {
        _layer = layer;
        var shape = new Shape(layer.Layers, 1, layer.HiddenSize);
        var first = layer.Parameters[0];
        _state = new ModuleBuffer(shape, first.Value.DType, 0, "state", first.Manager);
        try
        {
            if (layer is LSTM) _cell = new ModuleBuffer(shape, first.Value.DType, 0, "cell", first.Manager);
        }
        catch
        {
            _state.Dispose();
            throw;
        }
    }

    internal override long KeptBytes => (_cell is null ? 1 : 2) * _state.Value.Length * _state.Value.DType.SizeInBytes;

    internal override Tensor Run(Tensor input, int position)
    {
        RecurrentOutput next = _layer switch
        {
            LSTM lstm => lstm.Forward(input, _state.Value, _cell!.Value),
            GRU gru => gru.Forward(input, _state.Value),
            RNN rnn => rnn.Forward(input, _state.Value),
            _ => throw new NotSupportedException(_layer.GetType().Name),
        };
        using (Tensor state = next.State) state.CopyTo(_state.Value);
        if (next.Cell is not { } given) return next.Output;
        using (given) given.CopyTo(_cell!.Value);
        return next.Output;
    }

    internal override void Reset()
    {
        _state.Reset();
        _cell?.Reset();
    }

    public override void Dispose()
    {
        _state.Dispose();
        _cell?.Dispose();
    }
}
