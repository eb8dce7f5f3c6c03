using System.Runtime.InteropServices;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// The allocator of a native library, called through function pointers: mimalloc, jemalloc, the C library, or one of your own. The library is unloaded when
/// the allocator has been disposed and its last block is freed, whichever comes last. As thread-safe as the library is.
/// </summary>
public sealed unsafe class NativeLibraryAllocator : IAllocator, IDisposable
{
    private const long MaxBytes = 1L << 56;

    /// <summary>What malloc aligns blocks of 16 bytes and more to on 64-bit systems.</summary>
    private const int BasicAlignment = 16;

    private readonly LibraryHandle _library;
    private readonly NativeLibrarySymbols _symbols;
    private volatile bool _disposed;
    private readonly delegate* unmanaged<nuint, void*> _malloc;
    private readonly delegate* unmanaged<nuint, nuint, void*> _calloc;
    private readonly delegate* unmanaged<nuint, nuint, void*> _aligned;
    private readonly delegate* unmanaged<void*, void> _free;

    /// <summary>Loads a library and finds its functions.</summary>
    /// <param name="library">A path, or a name that the system finds, such as <c>libmimalloc.so.2</c>.</param>
    /// <param name="symbols">The names of the functions; null for those of C.</param>
    /// <exception cref="DllNotFoundException">The library cannot be loaded; the message says why.</exception>
    /// <exception cref="EntryPointNotFoundException">It lacks one of the functions.</exception>
    public NativeLibraryAllocator(string library, NativeLibrarySymbols? symbols = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(library);
        _symbols = symbols ?? NativeLibrarySymbols.C;
        Name = $"NativeLibrary[{Path.GetFileName(library)}]";
        nint loaded;
        try
        {
            loaded = NativeLibrary.Load(library);
        }
        catch (Exception missing) when (missing is DllNotFoundException or BadImageFormatException)
        {
            throw AllocatorErrors.NotLoaded(library, Name, missing);
        }

        _library = new LibraryHandle(loaded, _symbols.KeepLoaded);
        try
        {
            _malloc = (delegate* unmanaged<nuint, void*>)Find(loaded, _symbols.Malloc);
            _free = (delegate* unmanaged<void*, void>)Find(loaded, _symbols.Free);
            if (_symbols.Calloc is { } calloc) _calloc = (delegate* unmanaged<nuint, nuint, void*>)Find(loaded, calloc);
            if (_symbols.AlignedAlloc is { } aligned) _aligned = (delegate* unmanaged<nuint, nuint, void*>)Find(loaded, aligned);
        }
        catch
        {
            _library.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>True when it was disposed and its last block is gone: the library is given back to the system.</summary>
    public bool IsReleased => _library.IsReleased;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The allocator was disposed.</exception>
    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
    {
        AllocatorErrors.ThrowIfInvalid(bytes, alignment, Name);
        if (bytes > MaxBytes) AllocatorErrors.ThrowTooLarge(bytes, alignment, Name, MaxBytes, "ask for less: check the shape for an overflow");
        bool held = false;
        void* address = null;
        try
        {
            Hold(bytes, alignment, ref held);
            address = Call((nuint)Math.Max(bytes, 1), (nuint)alignment, zeroed);
            if (address is null) ThrowRefused(bytes, alignment);
        }
        finally
        {
            if (held && address is null) _library.DangerousRelease();
        }

        return new Allocation((nint)address, bytes, alignment, zeroed, this);
    }

    /// <inheritdoc/>
    public void Free(in Allocation allocation)
    {
        AllocatorErrors.ThrowIfForeign(in allocation, this);
        if (IsReleased) AllocatorErrors.ThrowFreedTwice(in allocation, Name); // its code may be gone
        _free((void*)allocation.Address);
        _library.DangerousRelease();
    }

    /// <summary>Refuses further requests. The library is unloaded when the last block is freed.</summary>
    public void Dispose()
    {
        _disposed = true;
        _library.Dispose();
    }

    /// <summary>One hold on the library for each block.</summary>
    private void Hold(long bytes, int alignment, ref bool held)
    {
        if (_disposed) AllocatorErrors.ThrowDisposed(bytes, alignment, Name);
        _library.DangerousAddRef(ref held);
    }

    private void* Call(nuint bytes, nuint alignment, bool zeroed)
    {
        if (alignment <= BasicAlignment)
        {
            bytes = nuint.Max(bytes, alignment); // malloc aligns a block of 8 bytes to 8 only, in some libraries
            if (zeroed && _calloc is not null) return _calloc(1, bytes);
            return Cleared(_malloc(bytes), bytes, zeroed);
        }

        if (_aligned is null) return null;
        nuint whole = (bytes + alignment - 1) & ~(alignment - 1); // C wants a multiple of the alignment
        void* address = CallAligned(whole, alignment);
        if (((nuint)address & (alignment - 1)) != 0)
        {
            // Some builds (mimalloc 2.0.9) misplace blocks whose size is their alignment; one that is no multiple of it takes another way there.
            _free(address);
            address = CallAligned(whole + 8, alignment);
            if (((nuint)address & (alignment - 1)) != 0)
            {
                _free(address);
                return null;
            }
        }

        return Cleared(address, bytes, zeroed);
    }

    private void* CallAligned(nuint bytes, nuint alignment) => _symbols.SizeComesFirst ? _aligned(bytes, alignment) : _aligned(alignment, bytes);

    private static void* Cleared(void* address, nuint bytes, bool zeroed)
    {
        if (zeroed && address is not null) NativeMemory.Clear(address, bytes);
        return address;
    }

    private void ThrowRefused(long bytes, int alignment)
    {
        if (alignment > BasicAlignment && _aligned is null)
            AllocatorErrors.ThrowRefused(bytes, alignment, Name, "the library has no function for alignments above 16", "name one as AlignedAlloc");
        AllocatorErrors.ThrowRefused(
            bytes, alignment, Name, "the library refused, or did not keep to the alignment", "free memory, lower the batch size, or set MaxSize and a PolicySpill");
    }

    private nint Find(nint library, string symbol) =>
        NativeLibrary.TryGetExport(library, symbol, out nint address) ? address : throw AllocatorErrors.NoSymbol(symbol, Name);

    private sealed class LibraryHandle : SafeHandle
    {
        private readonly bool _keepLoaded;
        private int _released;

        internal LibraryHandle(nint library, bool keepLoaded)
            : base(0, ownsHandle: true)
        {
            _keepLoaded = keepLoaded;
            SetHandle(library);
        }

        public override bool IsInvalid => handle == 0;

        internal bool IsReleased => Volatile.Read(ref _released) != 0;

        protected override bool ReleaseHandle()
        {
            if (!_keepLoaded) NativeLibrary.Free(handle);
            Volatile.Write(ref _released, 1);
            return true;
        }
    }
}
