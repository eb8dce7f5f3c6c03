using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Passes;

/// <summary>The headers of one frame, recycled from pass to pass, and inside a pass once their block is dead.</summary>
internal struct HeaderList(Frame frame)
{
    private Entry[] _all = [];
    private Entry[] _free = [];
    private int _freeCount;

    /// <summary>Headers in use or used in this pass.</summary>
    internal int Count { get; private set; }

    internal readonly BlockHeader this[int index] => _all[index].Header!;

    /// <summary>A header of the wanted kind for a new block.</summary>
    /// <param name="factory">Makes new ones.</param>
    /// <param name="mayRecycle">False while an op elsewhere may still read a dead header.</param>
    internal BlockHeader Take(HeaderFactory factory, bool mayRecycle)
    {
        if (mayRecycle && _freeCount > 0 && _free[_freeCount - 1].Header is { } free && ReferenceEquals(free.Maker, factory))
        {
            _freeCount--;
            return free;
        }

        if (Count == _all.Length) Array.Resize(ref _all, Math.Max(32, _all.Length * 2));
        BlockHeader? header = _all[Count].Header;
        if (header is null || !ReferenceEquals(header.Maker, factory)) _all[Count].Header = header = factory.Create(frame);
        Count++;
        return header;
    }

    /// <summary>The header of the wanted kind that comes next, if it exists already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly BlockHeader? Peek(HeaderFactory factory)
    {
        Entry[] all = _all;
        int count = Count;
        BlockHeader? next = _freeCount > 0 ? _free[_freeCount - 1].Header : (uint)count < (uint)all.Length ? all[count].Header : null;
        return next is not null && ReferenceEquals(next.Maker, factory) ? next : null;
    }

    /// <summary>Takes what <see cref="Peek"/> has shown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void TakePeeked()
    {
        if (_freeCount > 0) _freeCount--;
        else Count++;
    }

    /// <summary>True while <see cref="Return"/> needs no memory.</summary>
    internal readonly bool HasRoom => _freeCount < _free.Length;

    /// <summary>A header whose block is dead may be taken again.</summary>
    internal void Return(BlockHeader header)
    {
        if (frame.IsPersistent) return;
        if (_freeCount == _free.Length) Array.Resize(ref _free, Math.Max(32, _free.Length * 2));
        _free[_freeCount++].Header = header;
    }

    /// <summary>All headers are free again.</summary>
    /// <param name="source">Where the blocks lie.</param>
    /// <param name="keepsHeaders">False to leave them to the garbage collector: a running op may still look at them, or stale handles are to be described for good.</param>
    internal void EndPass(BlockSource? source, bool keepsHeaders)
    {
        if (source is { FreesEachBlock: true })
        {
            for (int i = 0; i < Count; i++) source.FreeAtEnd(_all[i].Header!);
        }

        if (!keepsHeaders) _all = [];
        Count = 0;
        _freeCount = 0;
    }

    /// <summary>A struct around the reference, because a store into an array of references that may hold derived objects is checked.</summary>
    private struct Entry
    {
        internal BlockHeader? Header;
    }
}
