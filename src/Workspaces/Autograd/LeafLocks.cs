using System.Runtime.CompilerServices;

namespace Workspaces.Autograd;

/// <summary>
/// The leaves that a node is about to write to, locked in the order of their making, so that runs of <c>Backward</c> in parallel lanes add to
/// a shared parameter one after the other and never wait for each other in a circle.
/// </summary>
internal ref struct LeafLocks : IDisposable
{
    private Slots _held;
    private int _count;

    internal LeafLocks(Node node)
    {
        long last = 0;
        while (Next(node, last) is { } leaf)
        {
            Monitor.Enter(leaf);
            _held[_count++] = leaf;
            last = leaf.Number;
        }
    }

    public void Dispose()
    {
        while (_count > 0) Monitor.Exit(_held[--_count]);
    }

    private static LeafNode? Next(Node node, long last)
    {
        LeafNode? next = null;
        for (int i = 0; i < node.Inputs; i++)
        {
            if (node[i].Leaf is { } leaf && leaf.Number > last && (next is null || leaf.Number < next.Number)) next = leaf;
        }

        return next;
    }

    [InlineArray(Node.MaxInputs)]
    private struct Slots
    {
        private LeafNode _first;
    }
}
