using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Review;

/// <summary>A block with a pattern of its own, and everything that keeps its bytes: the handle, holds, spans, ops in flight.</summary>
internal sealed unsafe class OwnedBytes
{
    private readonly RawBlock _raw;
    private readonly long _first;
    private readonly int _length;
    private readonly byte _fill;
    private bool _isHeld;
    private bool _isExposed;
    private int _ops;

    internal OwnedBytes(RawBlock raw, byte fill)
    {
        (_raw, _first, _length, _fill) = (raw, raw.Address, (int)raw.Header.Bytes, fill);
        IsPlanned = raw.Header.PlanSlot != 0;
        Bytes.Fill(fill);
    }

    internal Block Handle => _raw.Handle;

    internal bool IsAlive => _raw.IsAlive;

    internal bool IsPlanned { get; }

    /// <summary>Empty blocks have no place.</summary>
    internal bool IsEmpty => _length == 0;

    internal bool IsInOpenPass => _raw.Birth > Frame.Floor;

    /// <summary>True while the program still has a use for the bytes that is not an op: those are never overwritten, whatever the policy.</summary>
    internal bool IsWanted => IsInOpenPass && (IsAlive || _isHeld || _isExposed);

    /// <summary>True while nobody else may have the bytes.</summary>
    internal bool IsKept => _ops > 0 || IsWanted;

    internal bool IsIntact => Bytes.IndexOfAnyExcept(_fill) < 0;

    private Frame Frame => _raw.Header.Frame;

    private Span<byte> Bytes => new((void*)_first, _length);

    public override string ToString() =>
        $"{_length} bytes at {_first:x}, {(IsPlanned ? "planned" : "online")}, held {_isHeld}, exposed {_isExposed}, ops {_ops}, alive {IsAlive}";

    internal bool Overlaps(OwnedBytes other) => !IsEmpty && !other.IsEmpty && _first < other._first + other._length && other._first < _first + _length;

    internal void Release() => _raw.Release();

    internal void Expose() => _isExposed |= Frame.TryExpose(_raw.Header, _raw.Birth);

    internal void ToggleHold()
    {
        if (!_isHeld)
        {
            _isHeld = Frame.TryHold(_raw.Header, _raw.Birth);
            return;
        }

        _isHeld = false;
        Frame.DropHold(_raw.Header, _raw.Birth);
    }

    internal void BeginOp()
    {
        Frame.BeginOp();
        if (IsAlive) _ops++;
        else Frame.EndOp();
    }

    internal void EndOps()
    {
        for (; _ops > 0; _ops--) Frame.EndOp();
    }
}
