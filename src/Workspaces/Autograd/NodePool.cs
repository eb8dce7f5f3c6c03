using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Autograd;

/// <summary>The tape nodes of one frame, recycled when its pass ends.</summary>
internal sealed class NodePool : IFrameAttachment
{
    /// <summary>Recorded ops of one pass from which on the chain counts as endless: far more than any model has in a step.</summary>
    private const int EndlessChain = 1 << 15;

    private readonly object _sync = new();
    private Node[] _nodes = [];
    private BackwardRun? _run;
    private int _count;
    private Dictionary<LeafNode, LeafNode.Snapshot>? _kept;
    private int _segments;
    private long _wanted;

    /// <summary>What random layers have drawn in segments of this pass.</summary>
    internal RandomDraws Draws { get; } = new();

    internal static Node Take(Frame frame)
    {
        if (frame.IsPersistent)
        {
            while (frame.Manager.Persistent.Abandoned.TryDequeue(out IFrameAttachment? abandoned)) abandoned.EndPass();
            return new Node(recycled: false);
        }

        NodePool pool = Of(frame);
        Node node = pool.Take();
        if (pool._count >= EndlessChain && int.IsPow2(pool._count) && frame.Workspace is { Configuration.UseCycleDetector: true }) TellOfChain(frame, pool);
        return node;
    }

    internal static NodePool Of(Frame frame) => (NodePool?)Volatile.Read(ref frame.Attachment) ?? Attach(frame);

    /// <summary>The pool of the outermost pass that is traced on shapes alone around a frame.</summary>
    internal static NodePool OfTrace(Frame frame)
    {
        while (frame.Scope.OuterIfSame is { ShapesOnly: true, IsOpen: true } outer) frame = outer;
        return Of(frame);
    }

    /// <summary>A segment of this pass runs without being recorded; returns what to give to <see cref="EndSegment"/>.</summary>
    internal long BeginSegment()
    {
        Interlocked.Increment(ref _segments);
        return Interlocked.Read(ref _wanted);
    }

    /// <summary>True when an op of the segment would have been recorded.</summary>
    internal bool EndSegment(long before)
    {
        Interlocked.Decrement(ref _segments);
        return Interlocked.Read(ref _wanted) != before;
    }

    /// <summary>An op would have been recorded if recording were not off; the segment that it is in, if any, has to know.</summary>
    internal static void NoteUnrecorded(Frame frame)
    {
        for (Frame? pass = frame; pass is not null; pass = pass.Scope.OuterIfSame)
        {
            if (pass.Attachment is not NodePool pool || Volatile.Read(ref pool._segments) == 0) continue;
            Interlocked.Increment(ref pool._wanted);
            return;
        }
    }

    /// <summary>Remembers the state of a leaf, once, to give it back when the pass ends.</summary>
    internal void Keep(LeafNode leaf)
    {
        lock (_sync) (_kept ??= []).TryAdd(leaf, leaf.Take());
    }

    /// <summary>A walk for one backward run; give it back afterwards. Two at a time, as from two tasks, are two objects.</summary>
    internal BackwardRun RentRun() => Interlocked.Exchange(ref _run, null) ?? new BackwardRun();

    internal void ReturnRun(BackwardRun run) => Volatile.Write(ref _run, run);

    /// <inheritdoc/>
    public int Recorded => Volatile.Read(ref _count);

    /// <inheritdoc/>
    public string DescribeChain()
    {
        lock (_sync)
        {
            for (int i = _count - 1; i >= 0; i--)
            {
                if (_nodes[i].IsBegun) return _nodes[i].Path; // the last one may just have been taken
            }
        }

        return "none";
    }

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
            Draws.Clear();
            if (_kept is not { } kept) return;
            foreach ((LeafNode leaf, LeafNode.Snapshot snapshot) in kept) leaf.Restore(snapshot);
            _kept = null;
        }
    }

    private static void TellOfChain(Frame frame, NodePool pool) => frame.Manager.QueueFinding(CycleFindings.ChainGrows(
        frame.Name, $"pass {frame.PassNumber} of workspace '{frame.Name}'", pool.Recorded, pool.DescribeChain()));

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
