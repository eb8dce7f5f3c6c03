using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Elementwise;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>What outputs of ops are checked for while somebody looks for anomalies.</summary>
internal static class ValueChecks
{
    internal const int NaN = 1, Infinity = 2;

    [ThreadStatic]
    private static int _thread;

    /// <summary>Scopes open in the process: while there are none, no op asks further.</summary>
    private static int _open;

    /// <summary>What an op checks its outputs for; 0 for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Of(Frame frame) => Volatile.Read(ref _open) == 0 ? 0 : OfOpen(frame);

    /// <summary>True while the ambient pass looks for anomalies and has bytes to look at.</summary>
    internal static bool AreOn => Volatile.Read(ref _open) != 0 && TensorFrames.Current is { ShapesOnly: false } frame && Of(frame) != 0;

    /// <summary>A hash of a tensor's bytes, the same in this process for the same bytes; 0 where there are none or too many for a span.</summary>
    internal static int HashOf(TensorHeader storage, in Layout layout)
    {
        long bytes = layout.Extent * storage.DType.SizeInBytes, begin = layout.Offset * storage.DType.SizeInBytes;
        return StorageHash.Of(storage, begin, begin + bytes);
    }

    /// <summary>Begins to check, in a pass or, for persistent memory, on this thread; returns what was checked before.</summary>
    internal static int Open(Frame frame, int checks)
    {
        Interlocked.Increment(ref _open);
        ref int current = ref frame.IsPersistent ? ref _thread : ref frame.ValueChecks;
        int before = current;
        current = checks;
        return before;
    }

    internal static void Close(Frame frame, long serial, int before)
    {
        Interlocked.Decrement(ref _open);
        if (frame.IsPersistent) _thread = before;
        else if (frame.Serial == serial) frame.ValueChecks = before;
    }

    /// <summary>Where in row-major order a tensor holds its first anomaly, or -1.</summary>
    internal static long First(Tensor tensor, int checks)
    {
        TensorHeader header = tensor.HeaderOrNull!;
        return header.DType switch
        {
            DType.F32 => First<float>(header, checks),
            DType.F64 => First<double>(header, checks),
            _ => -1,
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int OfOpen(Frame frame) => frame.ValueChecks | _thread;

    private static long First<T>(TensorHeader header, int checks)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool infinities = (checks & Infinity) != 0;
        if (header.Layout.Length == 0) return -1;
        ReadOnlySpan<T> elements = TensorMemory.Span<T>(header);
        if (header.Layout.IsContiguous) return AnomalyScan.First(elements, infinities);
        long number = 0;
        foreach (long offset in header.Layout.Offsets)
        {
            if (AnomalyScan.IsAnomaly(elements[(int)(offset - header.Layout.Offset)], infinities)) return number;
            number++;
        }

        return -1;
    }
}
