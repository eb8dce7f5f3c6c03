using Workspaces.Memory.Passes;

namespace Workspaces.Autograd;

/// <summary>The tape nodes of one frame, recycled when its pass ends.</summary>
internal sealed class NodePool : IFrameAttachment
{
    private readonly Lock _sync = new();
    private Node[] _nodes = [];
    private BackwardRun? _run;
    private int _count;
    private Dictionary<LeafNode, LeafNode.Snapshot>? _kept;

    internal static Node Take(Frame frame)
    {
        if (frame.IsPersistent)
        {
            while (frame.Manager.Persistent.Abandoned.TryDequeue(out IFrameAttachment? abandoned)) abandoned.EndPass();
            return new Node(recycled: false);
        }

        return Of(frame).Take();
    }

    internal static NodePool Of(Frame frame) => (NodePool?)Volatile.Read(ref frame.Attachment) ?? Attach(frame);

    /// <summary>The pool of the outermost pass that is traced on shapes alone around a frame.</summary>
    internal static NodePool OfTrace(Frame frame)
    {
        while (frame.Scope.OuterIfSame is { ShapesOnly: true, IsOpen: true } outer) frame = outer;
        return Of(frame);
    }

    /// <summary>Remembers the state of a leaf, once, to give it back when the pass ends.</summary>
    internal void Keep(LeafNode leaf)
    {
        lock (_sync) (_kept ??= []).TryAdd(leaf, leaf.Take());
    }

    /// <summary>A walk for one backward run; give it back afterwards. Two at a time, as from two tasks, are two objects.</summary>
    internal BackwardRun RentRun() => Interlocked.Exchange(ref _run, null) ?? new BackwardRun();

    internal void ReturnRun(BackwardRun run) => Volatile.Write(ref _run, run);

    /// <summary>Nodes that never ran backward give back what they hold: it may be memory that outlives the pass.</summary>
    public void EndPass()
    {
        lock (_sync)
        {
            for (int i = 0; i < _count; i++)
            {
                if (!_nodes[i].Spent) _nodes[i].Spend();
            }

            _count = 0;
            if (_kept is not { } kept) return;
            foreach ((LeafNode leaf, LeafNode.Snapshot snapshot) in kept) leaf.Restore(snapshot);
            _kept = null;
        }
    }

    private static NodePool Attach(Frame frame)
    {
        Interlocked.CompareExchange(ref frame.Attachment, new NodePool(), null);
        return (NodePool)frame.Attachment!;
    }

    private Node Take()
    {
        lock (_sync)
        {
            if (_count == _nodes.Length) Array.Resize(ref _nodes, Math.Max(32, _nodes.Length * 2));
            return _nodes[_count++] ??= new Node(recycled: true);
        }
    }
}
