using System.Numerics;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// Holes in order of address as a treap (Seidel and Aragon, 1996) whose nodes also know the largest hole below them, so that the first hole that
/// suffices is found in O(log holes) expected. The nodes are chunks of the array given to each call.
/// </summary>
internal sealed class FirstFitTree
{
    internal const int None = -1;

    private int _root = None;
    private uint _serial;

    /// <summary>Forgets all holes and starts the same sequence of priorities again.</summary>
    internal void Clear()
    {
        _root = None;
        _serial = 0;
    }

    /// <summary>The hole of at least this size at the lowest address, or <see cref="None"/>.</summary>
    internal int FindFirst(FirstFitChunk[] chunks, long size)
    {
        int at = _root;
        if (at == None || chunks[at].Largest < size) return None;
        while (true)
        {
            ref readonly FirstFitChunk chunk = ref chunks[at];
            if (chunk.Lower != None && chunks[chunk.Lower].Largest >= size) at = chunk.Lower;
            else if (chunk.Size >= size) return at;
            else at = chunk.Higher;
        }
    }

    /// <summary>Adds a chunk that is not in the tree.</summary>
    internal void Add(FirstFitChunk[] chunks, int node)
    {
        ref FirstFitChunk chunk = ref chunks[node];
        chunk.Priority = BitOperations.Crc32C(0, ++_serial); // scatters the counter; equal replays build equal trees
        chunk.Lower = chunk.Higher = None;
        chunk.Largest = chunk.Size;
        _root = Insert(chunks, _root, node);
    }

    /// <summary>Removes a chunk that is in the tree.</summary>
    internal void Remove(FirstFitChunk[] chunks, int node) => _root = Remove(chunks, _root, node);

    /// <summary>A chunk of the tree has another size, or another offset between the same neighbours.</summary>
    internal void Refresh(FirstFitChunk[] chunks, int node) => Refresh(chunks, _root, node);

    private static int Insert(FirstFitChunk[] chunks, int root, int node)
    {
        if (root == None) return node;
        if (chunks[node].Priority > chunks[root].Priority)
        {
            (chunks[node].Lower, chunks[node].Higher) = Split(chunks, root, chunks[node].Offset);
            Pull(chunks, node);
            return node;
        }

        if (chunks[node].Offset < chunks[root].Offset) chunks[root].Lower = Insert(chunks, chunks[root].Lower, node);
        else chunks[root].Higher = Insert(chunks, chunks[root].Higher, node);
        Pull(chunks, root);
        return root;
    }

    private static (int Lower, int Higher) Split(FirstFitChunk[] chunks, int root, long offset)
    {
        if (root == None) return (None, None);
        if (chunks[root].Offset < offset)
        {
            (int lower, int higher) = Split(chunks, chunks[root].Higher, offset);
            chunks[root].Higher = lower;
            Pull(chunks, root);
            return (root, higher);
        }
        else
        {
            (int lower, int higher) = Split(chunks, chunks[root].Lower, offset);
            chunks[root].Lower = higher;
            Pull(chunks, root);
            return (lower, root);
        }
    }

    private static int Remove(FirstFitChunk[] chunks, int root, int node)
    {
        if (root == node) return Join(chunks, chunks[root].Lower, chunks[root].Higher);
        if (chunks[node].Offset < chunks[root].Offset) chunks[root].Lower = Remove(chunks, chunks[root].Lower, node);
        else chunks[root].Higher = Remove(chunks, chunks[root].Higher, node);
        Pull(chunks, root);
        return root;
    }

    private static int Join(FirstFitChunk[] chunks, int lower, int higher)
    {
        if (lower == None) return higher;
        if (higher == None) return lower;
        if (chunks[lower].Priority >= chunks[higher].Priority)
        {
            chunks[lower].Higher = Join(chunks, chunks[lower].Higher, higher);
            Pull(chunks, lower);
            return lower;
        }

        chunks[higher].Lower = Join(chunks, lower, chunks[higher].Lower);
        Pull(chunks, higher);
        return higher;
    }

    private static void Refresh(FirstFitChunk[] chunks, int root, int node)
    {
        if (root != node) Refresh(chunks, chunks[node].Offset < chunks[root].Offset ? chunks[root].Lower : chunks[root].Higher, node);
        Pull(chunks, root);
    }

    private static void Pull(FirstFitChunk[] chunks, int node)
    {
        ref FirstFitChunk chunk = ref chunks[node];
        long largest = chunk.Size;
        if (chunk.Lower != None) largest = Math.Max(largest, chunks[chunk.Lower].Largest);
        if (chunk.Higher != None) largest = Math.Max(largest, chunks[chunk.Higher].Largest);
        chunk.Largest = largest;
    }
}
