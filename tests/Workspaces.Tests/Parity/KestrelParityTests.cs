using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Workspaces.Memory;
using Workspaces.Memory.Seams;

namespace Workspaces.Tests.Parity;

/// <summary>What Kestrel's diagnostic memory pool is tested for, asked of memory pools over workspaces.</summary>
public sealed class KestrelParityTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public KestrelParityTests() => _workspace = _manager.Lease(new() { Name = "io" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_pool_disposed_twice_does_nothing_the_second_time_and_rents_nothing()
    {
        var pool = new WorkspaceMemoryPool<byte>(_workspace);
        pool.Dispose();
        pool.Dispose();
        var error = Assert.Throws<ObjectDisposedException>(() => pool.Rent(16));
        Assert.Contains("it was disposed. Remedy: rent before the pool is disposed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pool_disposed_with_memory_rented_leaves_it_good_to_the_end_of_its_pass()
    {
        var pool = new WorkspaceMemoryPool<byte>();
        Memory<byte> memory;
        using (_workspace.Enter())
        {
            memory = pool.Rent(64).Memory;
            pool.Dispose();
            memory.Span.Fill(5);
            Assert.Equal(-1, memory.Span.IndexOfAnyExcept((byte)5));
        }

        AssertGone(memory);
    }

    [Fact]
    public void Memory_returned_twice_does_not_return_what_somebody_else_has_rented()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        using Pass pass = _workspace.Enter();
        IMemoryOwner<byte> first = pool.Rent(128);
        first.Dispose();
        using IMemoryOwner<byte> second = pool.Rent(128);
        second.Memory.Span.Fill(7);
        first.Dispose();
        using IMemoryOwner<byte> third = pool.Rent(128);
        third.Memory.Span.Fill(9);
        Assert.Equal(-1, second.Memory.Span.IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void Memory_span_pin_and_array_are_refused_after_the_return()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        using Pass pass = _workspace.Enter();
        IMemoryOwner<byte> owner = pool.Rent(128);
        Memory<byte> memory = owner.Memory;
        owner.Dispose();
        Assert.Throws<StaleAccessException>(() => owner.Memory.Length);
        AssertGone(memory);
    }

    [Fact]
    public void Memory_span_pin_and_array_are_refused_when_the_workspace_below_has_ended()
    {
        Workspace ended = _manager.Lease(new() { Name = "ended" });
        IMemoryOwner<byte> owner;
        using (var pool = new WorkspaceMemoryPool<byte>(ended)) owner = pool.Rent(128);
        Memory<byte> memory = owner.Memory;
        ended.Dispose();
        Assert.Throws<StaleAccessException>(() => owner.Memory.Length);
        AssertGone(memory);
    }

    [Fact]
    public void A_return_after_the_end_of_pass_workspace_or_manager_does_nothing()
    {
        var manager = new WorkspaceManager();
        Workspace workspace = manager.Lease(new() { Name = "late" });
        using var pool = new WorkspaceMemoryPool<byte>();
        IMemoryOwner<byte> ofPass, ofWorkspace = pool.Rent(64);
        using (workspace.Enter()) ofPass = pool.Rent(64);
        ofPass.Dispose();
        workspace.Dispose();
        ofWorkspace.Dispose();
        manager.Dispose();
        ofPass.Dispose();
        ofWorkspace.Dispose();
        Assert.Empty(manager.Findings);
    }

    [Fact]
    public void Errors_name_the_place_that_rented_while_places_are_recorded()
    {
        using IDisposable recording = _manager.RecordSites(1);
        using var pool = new WorkspaceMemoryPool<byte>();
        Memory<byte> memory;
        using (_workspace.Enter()) memory = RentHere(pool);
        string message = Assert.Throws<StaleAccessException>(() => memory.Span.Length).Message;
        Assert.Contains(nameof(RentHere), message, StringComparison.Ordinal);
        Assert.Contains("KestrelParityTests.cs:", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unpin_without_a_pin_does_nothing_and_memory_returned_while_pinned_keeps_its_bytes()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        using Pass pass = _workspace.Enter();
        IMemoryOwner<byte> owner = pool.Rent(128);
        ((MemoryManager<byte>)owner).Unpin();
        owner.Memory.Span.Fill(3);
        MemoryHandle pin = owner.Memory.Pin();
        owner.Dispose();
        using (IMemoryOwner<byte> other = pool.Rent(128)) other.Memory.Span.Fill(9);
        Assert.Equal(3, FirstOf(pin));
        pin.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Memory<byte> RentHere(MemoryPool<byte> pool) => pool.Rent(64).Memory;

    private static unsafe byte FirstOf(in MemoryHandle pin) => *(byte*)pin.Pointer;

    private static void AssertGone(Memory<byte> memory)
    {
        Assert.Throws<StaleAccessException>(() => memory.Span.Length);
        Assert.Throws<StaleAccessException>(() => memory.Pin());
        Assert.Throws<StaleAccessException>(() => memory[1..].Span.Length);
        Assert.False(MemoryMarshal.TryGetArray<byte>(memory, out _)); // it never lies in an array, so none can be had behind the check
    }
}
