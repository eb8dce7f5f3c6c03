using System.Buffers;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;
using Workspaces.Memory.Seams;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Seams;

/// <summary>A buffer writer that grows in a workspace behaves as the one of the base library, and its content dies loudly with the pass.</summary>
public sealed class BufferWriterTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public BufferWriterTests() => _workspace = _manager.Lease(new() { Name = "text" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void It_writes_what_the_array_writer_writes() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), Writes).QuickCheckThrowOnFailure();

    [Fact]
    public void Json_is_written_into_the_workspace_pass_after_pass()
    {
        using var writer = new WorkspaceBufferWriter();
        for (int round = 0; round < 5; round++)
        {
            using Pass pass = _workspace.Enter();
            using (var json = new Utf8JsonWriter(writer)) JsonSerializer.Serialize(json, Enumerable.Range(round, 500).ToArray());
            Assert.Equal(Enumerable.Range(round, 500), JsonSerializer.Deserialize<int[]>(writer.WrittenSpan));
            Assert.Equal(writer.WrittenSpan.ToArray(), writer.WrittenMemory.ToArray());
            Assert.True(_workspace.Memory.Allocated >= writer.WrittenCount);
        }

        Assert.Equal(0, _workspace.Deviations);
    }

    [Fact]
    public void Content_that_nobody_read_is_not_lost_silently()
    {
        using var writer = new WorkspaceBufferWriter(_workspace);
        using (_workspace.Enter()) writer.Write("half a mess"u8);
        using (_workspace.Enter())
        {
            Assert.Contains("11 bytes", Assert.Throws<StaleAccessException>(() => writer.Write("age"u8)).Message, StringComparison.Ordinal);
            Assert.Throws<StaleAccessException>(() => writer.WrittenSpan.Length);
            Assert.Throws<StaleAccessException>(() => writer.WrittenMemory.Length);
            writer.Clear();
            writer.Write("whole"u8);
            Assert.Equal("whole"u8.ToArray(), writer.WrittenSpan.ToArray());
        }

        Assert.Throws<StaleAccessException>(() => writer.WrittenSpan.Length);
    }

    [Fact]
    public void An_advance_after_the_pass_throws()
    {
        using var writer = new WorkspaceBufferWriter(_workspace);
        using (_workspace.Enter()) writer.GetMemory(10);
        Assert.Throws<StaleAccessException>(() => writer.Advance(1));
    }

    [Fact]
    public void Memory_from_before_the_growth_throws()
    {
        using var writer = new WorkspaceBufferWriter(_workspace);
        Memory<byte> early = writer.GetMemory(10);
        writer.Write(new byte[writer.Capacity + 1]);
        Assert.Throws<StaleAccessException>(() => early.Span.Length);
    }

    [Fact]
    public void Bad_counts_and_disposed_writers_are_refused()
    {
        var writer = new WorkspaceBufferWriter(_workspace);
        Assert.Equal(0, writer.WrittenSpan.Length);
        Assert.Throws<InvalidOperationException>(() => writer.Advance(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetSpan(-1).Length);
        writer.GetSpan(3);
        Assert.Contains("room for", Assert.Throws<InvalidOperationException>(() => writer.Advance(writer.Capacity + 1)).Message, StringComparison.Ordinal);
        writer.Write("abc"u8);
        writer.Dispose();
        writer.Dispose();
        Assert.Equal(0, _workspace.Memory.Allocated);
        Assert.Throws<ObjectDisposedException>(() => writer.GetSpan().Length);
        Assert.Throws<ObjectDisposedException>(() => writer.Advance(0));
    }

    [Fact]
    public void A_refused_growth_leaves_what_was_written()
    {
        using Workspace small = _manager.Lease(new() { Name = "small", MaxSize = 4096, PolicySpill = SpillPolicy.Fail });
        using var writer = new WorkspaceBufferWriter(small);
        writer.Write("abc"u8);
        Assert.Throws<OutOfWorkspaceException>(() => writer.GetSpan(1 << 20).Length);
        Assert.Equal("abc"u8.ToArray(), writer.WrittenSpan.ToArray());
        Assert.Throws<WorkspaceException>(() => writer.GetSpan(int.MaxValue).Length);
    }

    [Fact]
    public void A_planned_pass_writes_with_one_small_object_of_garbage()
    {
        using var writer = new WorkspaceBufferWriter(_workspace);
        byte[] text = new byte[5000];
        int written = 0;
        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Round();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 80);
        Assert.Equal(WorkspaceState.Planned, _workspace.State);
        Assert.Equal(15_000, written);

        void Round()
        {
            using Pass pass = _workspace.Enter();
            for (int i = 0; i < 3; i++) writer.Write(text);
            written = writer.WrittenSpan.Length;
        }
    }

    private bool Writes(byte[][] parts)
    {
        using Pass pass = _workspace.Enter();
        using var writer = new WorkspaceBufferWriter();
        var expected = new ArrayBufferWriter<byte>();
        foreach (byte[]? part in parts)
        {
            writer.Write(part);
            expected.Write(part);
            if (part is { Length: > 3 }) part.CopyTo(writer.GetMemory(part.Length));
        }

        return writer.WrittenCount == expected.WrittenCount && writer.WrittenSpan.SequenceEqual(expected.WrittenSpan);
    }
}
