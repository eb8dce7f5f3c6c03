using Workspaces.Memory.Allocators;
using Xunit.Abstractions;

namespace Workspaces.Tests.Allocators;

/// <summary>Allocators of native libraries. mimalloc and jemalloc run through the whole conformance suite where they can be loaded.</summary>
public sealed class NativeLibraryAllocatorTests(ITestOutputHelper output)
{
    internal static IReadOnlyList<(string Library, NativeLibrarySymbols Symbols)> Candidates { get; } =
    [
        ("libc.so.6", NativeLibrarySymbols.C),
        ("libSystem.dylib", NativeLibrarySymbols.C),
        ("libmimalloc.so.2", NativeLibrarySymbols.Mimalloc),
        ("libmimalloc.so.3", NativeLibrarySymbols.Mimalloc),
        ("libjemalloc.so.2", NativeLibrarySymbols.Jemalloc),
    ];

    public static TheoryData<string> Libraries => [.. Candidates.Select(static candidate => candidate.Library)];

    /// <summary>Null where the library can be loaded, else what the system says.</summary>
    internal static string? WhyAbsent(string library, NativeLibrarySymbols symbols)
    {
        try
        {
            new NativeLibraryAllocator(library, symbols).Dispose();
            return null;
        }
        catch (Exception absent) when (absent is DllNotFoundException or EntryPointNotFoundException)
        {
            return absent.Message;
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_that_is_here_runs_through_the_conformance_suite(string library)
    {
        string? absent = WhyAbsent(library, Candidates.Single(candidate => candidate.Library == library).Symbols);
        output.WriteLine(absent is null ? $"{library} is here" : $"{library} is skipped: {absent}");
        Assert.Equal(absent is null, AllocatorStack.Sources.ContainsKey(library));
        if (absent is not null) Assert.Contains("Remedy: ", absent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_is_released_when_the_last_block_is_gone()
    {
        if (Find() is not { } library) return;
        var allocator = new NativeLibraryAllocator(library);
        Allocation first = allocator.Allocate(100), second = allocator.Allocate(100, 4096, zeroed: true);
        allocator.Dispose();
        Assert.False(allocator.IsReleased);
        Assert.Throws<ObjectDisposedException>(() => allocator.Allocate(1));
        allocator.Free(in first);
        Assert.False(allocator.IsReleased);
        Assert.Equal(-1, second.AsSpan().IndexOfAnyExcept((byte)0));
        allocator.Free(in second);
        Assert.True(allocator.IsReleased);
        Assert.Throws<Workspaces.Memory.WorkspaceException>(() => allocator.Free(in second));
        allocator.Dispose();
    }

    [Fact]
    public void A_refusal_holds_nothing()
    {
        if (Find() is not { } library) return;
        var allocator = new NativeLibraryAllocator(library);
        for (int i = 0; i < 3; i++) Assert.Throws<AllocationException>(() => allocator.Allocate(1L << 55, 64));
        allocator.Dispose();
        Assert.True(allocator.IsReleased);
    }

    [Fact]
    public void Libraries_and_functions_that_are_not_there_are_named()
    {
        string message = Assert.Throws<DllNotFoundException>(() => new NativeLibraryAllocator("no-such-library.so")).Message;
        Assert.Contains("no-such-library.so", message, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", message, StringComparison.Ordinal);
        if (Find() is not { } library) return;
        message = Assert.Throws<EntryPointNotFoundException>(() => new NativeLibraryAllocator(library, new() { Malloc = "no_malloc" })).Message;
        Assert.Contains("'no_malloc'", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new NativeLibraryAllocator(""));
    }

    [Fact]
    public void Without_an_aligned_function_large_alignments_are_refused_and_without_calloc_memory_is_cleared()
    {
        if (Find() is not { } library) return;
        using var allocator = new NativeLibraryAllocator(library, new() { AlignedAlloc = null, Calloc = null });
        Assert.Contains("AlignedAlloc", Assert.Throws<AllocationException>(() => allocator.Allocate(10, 64)).Message, StringComparison.Ordinal);
        for (int i = 0; i < 10; i++)
        {
            Allocation block = allocator.Allocate(1000, 16, zeroed: true);
            Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept((byte)0));
            block.AsSpan().Fill(7);
            allocator.Free(in block);
        }
    }

    private static string? Find() => Candidates.Where(static candidate => ReferenceEquals(candidate.Symbols, NativeLibrarySymbols.C))
        .Select(static candidate => candidate.Library).FirstOrDefault(AllocatorStack.Sources.ContainsKey);
}
