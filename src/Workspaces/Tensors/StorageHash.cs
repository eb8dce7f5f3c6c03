using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>Hashes of bytes, to notice that they were written past all ops. They are read as an op reads: counted, so that nobody gives them back meanwhile.</summary>
internal static class StorageHash
{
    /// <summary>A hash of a part of a tensor's memory, the same in this process for the same bytes; 0 of none, of too many for a span, and of ended ones.</summary>
    /// <param name="storage">The memory.</param>
    /// <param name="begin">The first byte.</param>
    /// <param name="end">The byte behind the last one.</param>
    internal static int Of(TensorHeader storage, long begin, long end)
    {
        if (storage.Frame.ShapesOnly || begin == end || end > int.MaxValue) return 0;
        Frame frame = TensorFrames.BeginUse(storage.Frame);
        try
        {
            if (!storage.Keeps(storage.Birth)) return 0;
            var hash = default(HashCode);
            hash.AddBytes(TensorMemory.Span<byte>(storage, (int)end)[(int)begin..]);
            return hash.ToHashCode();
        }
        finally
        {
            frame.EndOp();
        }
    }
}
