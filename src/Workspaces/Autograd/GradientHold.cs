using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// Holds on the memory of gradients in flight. They end with their last hold, which is exact, and never by a count of uses: nobody could keep what the tape
/// itself has made.
/// </summary>
internal static class GradientHold
{
    internal static void Add(Tensor gradient)
    {
        TensorHeader header = gradient.Checked("keep a gradient"), storage = header.Storage;
        ulong birth = StorageBirth(gradient, header);
        storage.Frame.TryHold(storage, birth);
        storage.Frame.TryKeep(storage, birth);
    }

    /// <summary>Gives a hold back; the bytes die with the last one.</summary>
    internal static void Drop(Tensor gradient)
    {
        TensorHeader header = gradient.HeaderOrNull!, storage = header.Storage;
        storage.Frame.DropHold(storage, StorageBirth(gradient, header));
    }

    /// <summary>True when nobody else keeps the memory and every element has its own place, so it may be written to.</summary>
    internal static bool IsExclusive(Tensor gradient)
    {
        TensorHeader header = gradient.Checked("add to a gradient");
        return header.Storage.Holds == 1 && !header.Storage.Frame.IsPersistent && header.Layout.IsContiguous;
    }

    private static ulong StorageBirth(Tensor gradient, TensorHeader header) => header.Root is null ? gradient.Generation : header.RootBirth;
}
