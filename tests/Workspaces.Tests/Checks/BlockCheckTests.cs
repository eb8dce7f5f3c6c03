using System.Buffers;
using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.Memory.Seams;

namespace Workspaces.Tests.Checks;

/// <summary>The same for plain blocks and what is made of them.</summary>
public sealed class BlockCheckTests
{
    private static readonly Dictionary<string, Action<Block>> Ways = new(StringComparer.Ordinal)
    {
        ["AsSpan"] = static block => _ = block.AsSpan()[0],
        ["AsSpan of floats"] = static block => _ = block.AsSpan<float>()[0],
        ["SliceSpan"] = static block => _ = block.SliceSpan(8, 8)[0],
        ["CopyTo"] = static block => block.CopyTo(new byte[100]),
        ["CopyFrom"] = static block => block.CopyFrom(new byte[100]),
        ["Length"] = static block => _ = block.Length,
    };

    public static TheoryData<CheckMode> Modes => [.. Enum.GetValues<CheckMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_stale_block_throws_unless_checks_are_off(CheckMode checks)
    {
        foreach ((string name, Action<Block> way) in Ways)
        {
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "io", Checks = checks });
            Block ended;
            using (Pass pass = workspace.Enter()) ended = pass.Allocate(100);
            AssertRefused(checks, $"{name} after the pass", () => way(ended));
            using (Pass pass = workspace.Enter())
            {
                Block disposed = pass.Allocate(100);
                disposed.Dispose();
                AssertRefused(checks, $"{name} after Dispose", () => way(disposed));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_block_of_a_slot_given_back_throws_unless_checks_are_off(CheckMode checks)
    {
        foreach ((string name, Action<Block> way) in Ways)
        {
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(
                new WorkspaceConfiguration { Name = "data", Checks = checks, PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = 2 });
            using RingSlot slot = workspace.Ring.Acquire();
            Block block = slot.Allocate(100);
            slot.Publish();
            RingLease lease = workspace.Ring.Take();
            way(lease.BlockAt(0));
            lease.Dispose();
            AssertRefused(checks, name, () => way(block));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Rented_and_written_memory_ends_with_its_pass_unless_checks_are_off(CheckMode checks)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "io", Checks = checks });
        using var pool = new WorkspaceMemoryPool<byte>(workspace);
        using var writer = new WorkspaceBufferWriter(workspace);
        Memory<byte> rented;
        ReadOnlyMemory<byte> written;
        using (workspace.Enter())
        {
            rented = pool.Rent(100).Memory;
            writer.Write("abc"u8);
            written = writer.WrittenMemory;
        }

        AssertRefused(checks, "a rent", () => _ = rented.Span[0]);
        AssertRefused(checks, "what was written", () => _ = written.Span[0]);
        AssertRefused(checks, "the writer", () => _ = writer.WrittenSpan[0]);
    }

    private static void AssertRefused(CheckMode checks, string name, Action use)
    {
        Exception? error = Record.Exception(use);
        if (checks == CheckMode.Off) Assert.True(error is null, $"{name}: {error}");
        else Assert.True(error is StaleAccessException, $"{name}: {error?.ToString() ?? "no error"}");
    }
}
