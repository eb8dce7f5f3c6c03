namespace Workspaces.Tensors;

/// <summary>
/// Writes through spans to what the tape has saved. A span says nothing when it is written through, so the bytes are hashed when one is taken of memory that
/// is held, and looked at again when the tape opens or saves it: other bytes than then, and no op between, become a version like that of a write in place.
/// Memory that no span was taken of while it was held costs one comparison.
/// </summary>
internal static class SpanWrites
{
    private const string Writer = "a write through a span";

    /// <summary>A span has been taken.</summary>
    internal static void Watch(TensorHeader storage)
    {
        if (storage.IsWatched || !IsHeld(storage)) return;
        Look(storage, HashOf(storage));
        storage.IsWatched = true;
    }

    /// <summary>Called for watched memory before its version counts.</summary>
    internal static void Settle(TensorHeader storage)
    {
        if (!IsHeld(storage))
        {
            storage.IsWatched = false; // nobody is left who has saved it: what is written now is for the forward computation that follows
            return;
        }

        int hash = HashOf(storage);
        if (storage.Version == storage.WatchedVersion && hash != storage.WatchedHash)
        {
            storage.Version++;
            storage.Writer = Writer;
        }

        Look(storage, hash);
    }

    /// <summary>True when somebody else than its creator keeps the bytes.</summary>
    private static bool IsHeld(TensorHeader storage) => storage.Holds > (storage.Generation == 0 ? 0 : 1);

    private static void Look(TensorHeader storage, int hash) => (storage.WatchedHash, storage.WatchedVersion) = (hash, storage.Version);

    private static int HashOf(TensorHeader storage) => StorageHash.Of(storage, 0, storage.Bytes);
}
