using Workspaces.Memory;
using Workspaces.Memory.Rings;

namespace Workspaces.Tests.Rings;

/// <summary>Short ways to lease, fill, take and read.</summary>
internal static class RingRuns
{
    /// <summary>A ring under a written policy, or under the default one.</summary>
    internal static Workspace Lease(WorkspaceManager manager, int slots, SpillPolicy spill, string? name)
    {
        var configuration = new WorkspaceConfiguration { Name = name, PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = slots };
        return manager.Lease(spill == SpillPolicy.External ? configuration : configuration with { PolicySpill = spill });
    }

    internal static Block Produce(Ring ring, byte value, int bytes = 1000)
    {
        using RingSlot slot = ring.Acquire();
        Block block = slot.Allocate(bytes);
        block.CopyFrom(Enumerable.Repeat(value, bytes).ToArray());
        slot.Publish();
        return block;
    }

    internal static byte[] Read(Block block)
    {
        byte[] bytes = new byte[block.Length];
        block.CopyTo(bytes);
        return bytes;
    }

    internal static long Take(Ring ring)
    {
        using RingLease lease = ring.Take();
        return lease.Sequence;
    }
}
