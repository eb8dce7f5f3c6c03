namespace Workspaces.Memory.Allocators;

/// <summary>The functions that a <see cref="NativeLibraryAllocator"/> calls, by the names that the library exports.</summary>
public sealed record NativeLibrarySymbols
{
    /// <summary>The names of the C standard library, which jemalloc and others export as well.</summary>
    public static NativeLibrarySymbols C { get; } = new();

    /// <summary>mimalloc: <c>mi_malloc</c> and so on. Its threads clean up after themselves in its own code, so it stays loaded.</summary>
    public static NativeLibrarySymbols Mimalloc { get; } = new()
    {
        Malloc = "mi_malloc",
        Free = "mi_free",
        Calloc = "mi_calloc",
        AlignedAlloc = "mi_malloc_aligned",
        SizeComesFirst = true,
        KeepLoaded = true,
    };

    /// <summary>jemalloc as distributions build it: the names of C, and it stays loaded for the same reason.</summary>
    public static NativeLibrarySymbols Jemalloc { get; } = new() { KeepLoaded = true };

    /// <summary><c>void *malloc(size_t size)</c>.</summary>
    public string Malloc { get; init; } = "malloc";

    /// <summary><c>void free(void *memory)</c>, for memory of all three others.</summary>
    public string Free { get; init; } = "free";

    /// <summary><c>void *calloc(size_t count, size_t size)</c>; null when there is none, and then memory is cleared here.</summary>
    public string? Calloc { get; init; } = "calloc";

    /// <summary><c>void *aligned_alloc(size_t alignment, size_t size)</c>; null when there is none, and then alignments above 16 are refused.</summary>
    public string? AlignedAlloc { get; init; } = "aligned_alloc";

    /// <summary>True when <see cref="AlignedAlloc"/> takes the size before the alignment.</summary>
    public bool SizeComesFirst { get; init; }

    /// <summary>True for a library that must not be unloaded, because threads that used it run its code when they end.</summary>
    public bool KeepLoaded { get; init; }
}
