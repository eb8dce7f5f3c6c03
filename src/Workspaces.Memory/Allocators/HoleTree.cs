namespace Workspaces.Memory.Allocators;

/// <summary>
/// The holes of a <see cref="BestFitAllocator"/> as a treap: a search tree by (size, offset) that is also a heap by priority. Its nodes
/// are chunks of the array given to each call, linked by index.
/// </summary>
internal sealed class HoleTree
{
    private const int None = BestFitAllocator.NoNode;

    private int _root = None;
    private uint _serial;

    /// <summary>Holes in the tree.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all holes and starts the same sequence of priorities again.</summary>
    public void Clear()
    {
        _root = None;
        _serial = 0;
        Count = 0;
    }

    /// <summary>The smallest hole of at least <paramref name="size"/> granules, the lowest of equals, or -1.</summary>
    public int FindBest(Chunk[] chunks, uint size)
    {
        int best = None;
        int at = _root;
        while (at != None)
        {
            ref readonly Chunk chunk = ref chunks[at];
            if (chunk.Size >= size)
            {
                best = at;
                at = chunk.Smaller;
            }
            else
            {
                at = chunk.Larger;
            }
        }
        return best;
    }

    /// <summary>Adds a chunk that is not in the tree.</summary>
    public void Add(Chunk[] chunks, int node)
    {
        uint priority = Mix(++_serial);
        chunks[node].Priority = priority;
        ref int link = ref _root;
        while (link != None && chunks[link].Priority >= priority)
            link = ref Precedes(in chunks[node], in chunks[link]) ? ref chunks[link].Smaller : ref chunks[link].Larger;

        // Cut the subtree found here in two by the new key; the halves become the children.
        int rest = link;
        link = node;
        ref int smaller = ref chunks[node].Smaller;
        ref int larger = ref chunks[node].Larger;
        while (rest != None)
        {
            int next;
            if (Precedes(in chunks[rest], in chunks[node]))
            {
                smaller = rest;
                smaller = ref chunks[rest].Larger;
                next = smaller;
            }
            else
            {
                larger = rest;
                larger = ref chunks[rest].Smaller;
                next = larger;
            }
            rest = next;
        }
        smaller = None;
        larger = None;
        Count++;
    }

    /// <summary>Removes a chunk that is in the tree; its size and offset are those it was added with.</summary>
    public void Remove(Chunk[] chunks, int node)
    {
        ref int link = ref _root;
        while (link != node)
            link = ref Precedes(in chunks[node], in chunks[link]) ? ref chunks[link].Smaller : ref chunks[link].Larger;

        // Zip the two children together where the node was.
        int smaller = chunks[node].Smaller;
        int larger = chunks[node].Larger;
        while (smaller != None && larger != None)
        {
            if (chunks[smaller].Priority >= chunks[larger].Priority)
            {
                link = smaller;
                link = ref chunks[smaller].Larger;
                smaller = link;
            }
            else
            {
                link = larger;
                link = ref chunks[larger].Smaller;
                larger = link;
            }
        }
        link = smaller != None ? smaller : larger;
        Count--;
    }

    private static bool Precedes(in Chunk a, in Chunk b) => a.Size != b.Size ? a.Size < b.Size : a.Offset < b.Offset;

    // A bijection of 32-bit numbers that scatters the counter (the finalizer of MurmurHash3): no two holes of 2^32 share a priority.
    private static uint Mix(uint x)
    {
        x ^= x >> 16;
        x *= 0x85EBCA6B;
        x ^= x >> 13;
        x *= 0xC2B2AE35;
        return x ^ (x >> 16);
    }
}
