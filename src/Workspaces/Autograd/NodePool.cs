using Workspaces.Memory.Passes;

namespace Workspaces.Autograd;

/// <summary>The tape nodes of one frame, recycled when its next pass records.</summary>
internal sealed class NodePool
{
    private readonly Lock _sync = new();
    private Node[] _nodes = [];
    private BackwardRun? _run;
    private int _count;
    private long _serial;

    internal static Node Take(Frame frame)
    {
        if (frame.IsPersistent) return new Node();
        return Of(frame).Take(frame.Serial);
    }

    internal static NodePool Of(Frame frame) => (NodePool?)Volatile.Read(ref frame.Attachment) ?? Attach(frame);

    /// <summary>A walk for one backward run; give it back afterwards. Two at a time, as from two tasks, are two objects.</summary>
    internal BackwardRun RentRun() => Interlocked.Exchange(ref _run, null) ?? new BackwardRun();

    internal void ReturnRun(BackwardRun run) => Volatile.Write(ref _run, run);

    private static NodePool Attach(Frame frame)
    {
        Interlocked.CompareExchange(ref frame.Attachment, new NodePool(), null);
        return (NodePool)frame.Attachment!;
    }

    private Node Take(long serial)
    {
        lock (_sync)
        {
            if (serial != _serial)
            {
                _serial = serial;
                _count = 0;
            }

            if (_count == _nodes.Length) Array.Resize(ref _nodes, Math.Max(32, _nodes.Length * 2));
            return _nodes[_count++] ??= new Node();
        }
    }
}
