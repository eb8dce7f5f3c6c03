using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Scratch;

/// <summary>One op's scratch. Spans taken from it are void after its disposal.</summary>
internal readonly ref struct ScratchLease
{
    private readonly ScratchPool _pool;
    private readonly ScratchStack _stack;

    internal ScratchLease(ScratchPool pool, ScratchStack stack)
    {
        _pool = pool;
        _stack = stack;
    }

    /// <summary>Bytes taken so far.</summary>
    internal long TakenBytes => _stack.TakenBytes;

    /// <summary>Bytes that <see cref="Take"/> takes for so many elements.</summary>
    internal static long BytesOf<T>(int length)
        where T : unmanaged => Granule.RoundUp((long)length * Unsafe.SizeOf<T>());

    /// <summary>Takes room for so many elements, aligned to 64 bytes, content undefined.</summary>
    internal Span<T> Take<T>(int length)
        where T : unmanaged => _stack.Take<T>(length);

    public void Dispose() => _pool.Return(_stack);
}
