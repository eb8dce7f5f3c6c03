using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Memory;

/// <summary>A block seen from below: its header, address and bytes, without the checks and the exposure of the public handle.</summary>
internal readonly unsafe struct RawBlock(BlockHeader header)
{
    public BlockHeader Header => header;

    public ulong Birth { get; } = header.Birth;

    public long Address => header.Address;

    public Block Handle => new(header, Birth);

    public bool IsAlive => header.Admits(Birth);

    /// <summary>A block from the frame that the workspace hands memory out of in this flow.</summary>
    public static RawBlock From(Workspace workspace, long bytes, bool zeroed = false, string? op = null) =>
        From(workspace.MemoryManager.Frame, bytes, zeroed, op);

    public static RawBlock From(Frame frame, long bytes, bool zeroed = false, string? op = null) =>
        new(frame.Allocate(HeaderFactory.Plain, new BlockRequest(bytes, zeroed, Op: op), ownOps: 0));

    public void Fill(byte value) => new Span<byte>((void*)header.Address, checked((int)header.Bytes)).Fill(value);

    public bool IsFilledWith(byte value) => new Span<byte>((void*)header.Address, checked((int)header.Bytes)).IndexOfAnyExcept(value) < 0;

    public bool Overlaps(in RawBlock other) =>
        Address < other.Address + Granule.RoundUp(other.Header.Bytes) && other.Address < Address + Granule.RoundUp(header.Bytes);

    public void Release() => header.Frame.Release(header, Birth);
}
