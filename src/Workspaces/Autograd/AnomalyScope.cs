using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>While open, ops check their outputs for NaN and infinity; see <see cref="Anomalies.Detect"/>. Scopes nest: the inner one says what is checked.</summary>
public sealed class AnomalyScope : IDisposable
{
    private readonly Frame _frame;
    private readonly long _serial;
    private readonly int _before;
    private bool _closed;

    internal AnomalyScope(bool infinities)
    {
        _frame = TensorFrames.Current;
        _serial = _frame.Serial;
        _before = ValueChecks.Open(_frame, infinities ? ValueChecks.NaN | ValueChecks.Infinity : ValueChecks.NaN);
    }

    /// <summary>Checks as before. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        ValueChecks.Close(_frame, _serial, _before);
    }
}
