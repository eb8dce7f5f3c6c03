using System.Globalization;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Records births and deaths as a trace that <see cref="Planning.TraceCsv"/> reads, so that the commands <c>plan</c> and <c>replay</c> tell what a plan, or
/// another allocator, would have made of the same requests. Takes 40 bytes a request.
/// </summary>
public sealed class TraceAllocator : WrapperAllocator
{
    private const long Open = -1;
    private readonly object _gate = new();
    private readonly LiveBlocks<(int Index, int Epoch)> _live = new();
    private readonly List<Entry> _entries = [];
    private long _clock;
    private long _refused;
    private int _epoch;

    /// <summary>Records an upstream.</summary>
    /// <param name="upstream">Serves the requests.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    public TraceAllocator(IAllocator upstream, bool leaveOpen = true)
        : base(upstream, "Trace", leaveOpen)
    {
    }

    /// <summary>Requests recorded since the last <see cref="Clear"/>.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>Requests that the upstream refused; they are not in the trace.</summary>
    public long RefusedCount => Interlocked.Read(ref _refused);

    /// <summary>
    /// Writes the trace: <c>id,lower,upper,size,alignment,thread</c>. Times count requests and frees; what is live now dies after the last of them. Requests
    /// of no bytes are left out.
    /// </summary>
    /// <param name="writer">Takes the text.</param>
    /// <returns>Number of buffers written.</returns>
    public int Write(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Entry[] entries;
        long end;
        lock (_gate)
        {
            entries = [.. _entries];
            end = _clock;
        }

        writer.Write("id,lower,upper,size,alignment,thread\n");
        int written = 0;
        for (int id = 0; id < entries.Length; id++)
        {
            ref readonly Entry entry = ref entries[id];
            if (entry.Bytes == 0) continue;
            long upper = entry.Upper == Open ? end : entry.Upper;
            writer.Write(string.Create(
                CultureInfo.InvariantCulture, $"{id},{entry.Lower},{upper},{entry.Bytes},{entry.Alignment},{entry.Thread}\n"));
            written++;
        }

        return written;
    }

    /// <summary>Forgets what was recorded and begins anew. Frees of blocks from before are not recorded.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _clock = 0;
            _epoch++;
        }
    }

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        Allocation taken;
        try
        {
            taken = Upstream.Allocate(bytes, alignment, zeroed);
        }
        catch (AllocationException)
        {
            Interlocked.Increment(ref _refused);
            throw;
        }

        Allocation block = taken.OwnedBy(this);
        (int Index, int Epoch) number;
        lock (_gate)
        {
            number = (_entries.Count, _epoch);
            _entries.Add(new Entry(_clock++, Open, bytes, alignment, Environment.CurrentManagedThreadId));
        }

        _live.Enter(in block, number, in taken, Upstream);
        return block;
    }

    /// <inheritdoc/>
    protected override void GiveBack(in Allocation allocation)
    {
        (int Index, int Epoch) number = _live.Leave(in allocation, Name);
        bool freed = false;
        SetUpper(number, atEnd: false); // before the upstream may hand the address out again
        try
        {
            base.GiveBack(in allocation);
            freed = true;
        }
        finally
        {
            if (!freed)
            {
                SetUpper(number, atEnd: true);
                _live.Return(in allocation, number);
            }
        }
    }

    private void SetUpper((int Index, int Epoch) number, bool atEnd)
    {
        lock (_gate)
        {
            if (number.Epoch != _epoch) return;
            Entry entry = _entries[number.Index];
            _entries[number.Index] = entry with { Upper = atEnd ? Open : _clock++ };
        }
    }

    private readonly record struct Entry(long Lower, long Upper, long Bytes, int Alignment, int Thread);
}
