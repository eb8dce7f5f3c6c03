using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Workspaces.Memory;
using Workspaces.Memory.Seams;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Seams;

/// <summary>Code that takes a <see cref="MemoryPool{T}"/> works in a workspace, and its mistakes throw.</summary>
public sealed class MemoryPoolTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public MemoryPoolTests() => _workspace = _manager.Lease(new() { Name = "io" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100_000)]
    public void A_rent_gives_at_least_what_was_asked_for_in_the_ambient_pass(int size)
    {
        using var pool = new WorkspaceMemoryPool<float>();
        using Pass pass = _workspace.Enter();
        long before = _workspace.Memory.Allocated;
        using (IMemoryOwner<float> owner = pool.Rent(size))
        {
            Assert.InRange(owner.Memory.Length, Math.Max(size, size < 0 ? 1024 : 0), Math.Max(size, 1024) + 16);
            owner.Memory.Span.Fill(3);
            Assert.Equal(-1, owner.Memory.Span.IndexOfAnyExcept(3));
            if (size > 0) Assert.True(_workspace.Memory.Allocated > before);
        }

        Assert.Equal(before, _workspace.Memory.Allocated);
    }

    [Fact]
    public void Bad_sizes_and_disposed_pools_are_refused()
    {
        var pool = new WorkspaceMemoryPool<byte>(_workspace);
        Assert.Contains("-2", Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(-2)).Message, StringComparison.Ordinal);
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Rent(1));
    }

    [Fact]
    public void Memory_of_a_disposed_owner_throws_and_another_rent_does_not_revive_it()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        using Pass pass = _workspace.Enter();
        IMemoryOwner<byte> owner = pool.Rent(128);
        Memory<byte> memory = owner.Memory, part = memory.Slice(5, 7);
        owner.Dispose();
        owner.Dispose();
        using IMemoryOwner<byte> next = pool.Rent(128);
        next.Memory.Span.Clear();

        Assert.Throws<StaleAccessException>(() => memory.Span.Length);
        Assert.Throws<StaleAccessException>(() => part.Span.Length);
        Assert.Throws<StaleAccessException>(() => part.Pin());
        Assert.Throws<StaleAccessException>(() => owner.Memory.Length);
        Assert.False(System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(memory, out _));
    }

    [Fact]
    public void Memory_of_an_ended_pass_throws_and_names_the_pass_and_the_remedy()
    {
        using var pool = new WorkspaceMemoryPool<byte>();
        Memory<byte> memory;
        using (_workspace.Enter()) memory = pool.Rent(100).Memory;
        var error = Assert.Throws<StaleAccessException>(() => memory.Span.Length);
        Assert.Contains("MemoryPool", error.Message, StringComparison.Ordinal);
        Assert.Contains("its pass in workspace 'io' has ended", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy", error.Message, StringComparison.Ordinal);
        using (_workspace.Enter())
        {
            pool.Rent(100).Memory.Span.Fill(1);
            Assert.Throws<StaleAccessException>(() => memory.Span.Length);
        }
    }

    [Fact]
    public void Released_memory_serves_the_next_rent_of_the_same_pass()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        using Pass pass = _workspace.Enter();
        for (int i = 0; i < 1000; i++) pool.Rent(4096).Dispose();
        Assert.InRange(_workspace.PeakBytes, 4096, 2 * 4096);
    }

    [Fact]
    public void A_pool_of_an_outer_pass_outlives_the_passes_inside()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace.OuterPass);
        IMemoryOwner<byte> owner;
        using (_workspace.Enter())
        {
            owner = pool.Rent(10);
            owner.Memory.Span.Fill(7);
        }

        using (_workspace.Enter()) Assert.Equal(7, owner.Memory.Span[9]);
        _workspace.Dispose();
        Assert.Throws<StaleAccessException>(() => owner.Memory.Span.Length);
        Assert.Throws<StaleAccessException>(() => pool.Rent(10));
    }

    [Fact]
    public void Outside_every_workspace_memory_is_persistent_until_its_owner_is_disposed()
    {
        using var pool = new WorkspaceMemoryPool<long>();
        IMemoryOwner<long>? owner = null;
        Outside.Run(() => owner = pool.Rent(8));
        using (_workspace.Enter()) owner!.Memory.Span.Fill(5);
        Assert.Equal(5, owner!.Memory.Span[7]);
        owner.Dispose();
        Assert.Throws<StaleAccessException>(() => owner.Memory.Span.Length);
    }

    [Fact]
    public unsafe void Pinned_memory_keeps_its_bytes_beyond_its_owner_until_it_is_unpinned()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        using Pass pass = _workspace.Enter();
        IMemoryOwner<byte> owner = pool.Rent(256);
        MemoryHandle handle = owner.Memory.Pin(), second = owner.Memory.Slice(16).Pin();
        var place = (nint)handle.Pointer;
        Assert.Equal(place + 16, (nint)second.Pointer);
        owner.Dispose();
        using (IMemoryOwner<byte> other = pool.Rent(256))
        using (MemoryHandle its = other.Memory.Pin()) Assert.NotEqual(place, (nint)its.Pointer);
        handle.Dispose();
        handle.Dispose();
        using (IMemoryOwner<byte> other = pool.Rent(256))
        using (MemoryHandle its = other.Memory.Pin()) Assert.NotEqual(place, (nint)its.Pointer);
        second.Dispose();
        using IMemoryOwner<byte> last = pool.Rent(256);
        using MemoryHandle there = last.Memory.Pin();
        Assert.Equal(place, (nint)there.Pointer);
    }

    [Fact]
    public void A_pin_that_outlives_its_pass_is_reported()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        MemoryHandle handle;
        using (_workspace.Enter()) handle = pool.Rent(64).Memory.Pin();
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Code == FindingCodes.PinnedAtEnd);
        handle.Dispose();
        Finding reported = Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.PinnedAtEnd);
        Assert.Contains("wait for the I/O", reported.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pin_outside_the_memory_is_refused()
    {
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        var owner = (MemoryManager<byte>)pool.Rent(64);
        Assert.Throws<ArgumentOutOfRangeException>(() => owner.Pin(65));
        Assert.Throws<ArgumentOutOfRangeException>(() => owner.Pin(-1));
    }

    [Fact]
    public async Task A_pipe_moves_bytes_through_workspace_memory_across_awaits()
    {
        const int Length = 200_000;
        using var pool = new WorkspaceMemoryPool<byte>(_workspace);
        byte[] sent = new byte[Length], received = new byte[Length];
        new Random(1).NextBytes(sent);
        using (_workspace.Enter())
        {
            var pipe = new Pipe(new PipeOptions(pool, pauseWriterThreshold: 16 << 10, resumeWriterThreshold: 8 << 10));
            Task writing = Task.Run(async () =>
            {
                for (int at = 0; at < Length; at += 1000) await pipe.Writer.WriteAsync(sent.AsMemory(at, 1000));
                await pipe.Writer.CompleteAsync();
            });
            int got = 0;
            for (bool more = true; more;)
            {
                ReadResult read = await pipe.Reader.ReadAsync();
                read.Buffer.CopyTo(received.AsSpan(got));
                got += (int)read.Buffer.Length;
                pipe.Reader.AdvanceTo(read.Buffer.End);
                more = !read.IsCompleted;
            }

            await pipe.Reader.CompleteAsync();
            await writing;
            Assert.Equal(Length, got);
            Assert.Equal(0, _workspace.Memory.Allocated);
        }

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Streams_read_into_memory_that_a_flow_carries_on()
    {
        using var pool = new WorkspaceMemoryPool<byte>();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("hello"));
        using Pass pass = _workspace.Enter();
        using IMemoryOwner<byte> owner = pool.Rent(5);
        await Task.Yield();
        int count = await stream.ReadAsync(owner.Memory);
        Assert.Equal("hello", Encoding.UTF8.GetString(owner.Memory.Span[..count]));
    }

    [Fact]
    public void Many_threads_rent_and_return_without_seeing_each_other()
    {
        using var pool = new WorkspaceMemoryPool<int>(_workspace);
        using Pass pass = _workspace.Enter();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 500; i++)
            {
                using IMemoryOwner<int> owner = pool.Rent(random.Next(1, 300));
                owner.Memory.Span.Fill(thread);
                Thread.Yield();
                Assert.Equal(-1, owner.Memory.Span.IndexOfAnyExcept(thread));
            }
        });
        Assert.Equal(0, _workspace.Memory.Allocated);
    }

    [Fact]
    public void A_pass_with_rents_is_planned_like_any_other()
    {
        using var pool = new WorkspaceMemoryPool<byte>();
        for (int i = 0; i < 5; i++)
        {
            using Pass pass = _workspace.Enter();
            for (int k = 1; k <= 4; k++)
            {
                using IMemoryOwner<byte> owner = pool.Rent(1000 * k);
                owner.Memory.Span.Clear();
            }
        }

        Assert.Equal(WorkspaceState.Planned, _workspace.State);
        Assert.Equal(0, _workspace.Deviations);
    }
}
