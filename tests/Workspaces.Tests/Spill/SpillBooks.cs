using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Spill;

/// <summary>What holds of a workspace's books at any moment, and bytes that show whether blocks overlap.</summary>
internal static class SpillBooks
{
    public static void Check(Workspace workspace)
    {
        MemoryReport memory = workspace.Memory;
        Assert.Equal(memory.Committed, memory.Allocated + memory.Unreferenced + memory.Free + memory.Bookkeeping);
        Assert.True(memory is { Allocated: >= 0, Unreferenced: >= 0, Free: >= 0, Bookkeeping: >= 0, External: >= 0 }, memory.ToString());
        long cap = workspace.Configuration.MaxSize;
        long inMemory = memory.Committed - memory.Bookkeeping + (workspace.Configuration.PolicySpill == SpillPolicy.Reallocate ? memory.External : 0);
        if (cap > 0) Assert.InRange(inMemory, 0, cap);
    }

    /// <summary>Blocks of these sizes that live together, each filled with its own byte, and read again at the end.</summary>
    public static List<RawBlock> Fill(Workspace workspace, params ReadOnlySpan<long> sizes)
    {
        var blocks = new List<RawBlock>();
        foreach (long size in sizes)
        {
            RawBlock block = RawBlock.From(workspace, size, op: $"block {blocks.Count}");
            block.Fill((byte)(blocks.Count + 1));
            blocks.Add(block);
            Check(workspace);
        }

        return blocks;
    }

    public static void AssertKept(List<RawBlock> blocks)
    {
        for (int i = 0; i < blocks.Count; i++) Assert.True(blocks[i].IsFilledWith((byte)(i + 1)), $"block {i} has lost its bytes");
    }
}
