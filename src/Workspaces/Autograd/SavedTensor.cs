using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// A tensor that a node needs for its backward half. It holds the bytes (so the user may dispose the tensor before <c>Backward</c>) and remembers the
/// version (so a write in place in between is noticed). The hold is given back when the node has run, or when the pass that recorded it ends.
/// </summary>
internal struct SavedTensor
{
    private TensorHeader? _header;
    private TensorHeader _storage; // of a view; the view's own header may serve another tensor by the time that the hold is given back
    private ulong _birth;
    private ulong _storageBirth;
    private int _version;
    private int _hash; // of the bytes, while anomalies are looked for: a write through a span raises no version
    private bool _isHashed;
    private Layout _layout;

    internal readonly bool IsEmpty => _header is null;

    internal static SavedTensor Of(Tensor tensor)
    {
        TensorHeader header = tensor.Checked("save for backward"), storage = header.Storage;
        if (storage.IsWatched) SpanWrites.Settle(storage);
        var saved = new SavedTensor
        {
            _header = header,
            _storage = storage,
            _birth = tensor.Generation,
            _storageBirth = header.Root is null ? tensor.Generation : header.RootBirth,
            _version = storage.Version,
            _layout = header.Layout,
        };
        if (!storage.Frame.TryHold(storage, saved._storageBirth)) tensor.Checked("save for backward");
        if (!ValueChecks.AreOn) return saved;
        saved._isHashed = true;
        saved._hash = ValueChecks.HashOf(storage, in saved._layout);
        return saved;
    }

    /// <summary>The tensor, usable by ops whether or not the user has released it.</summary>
    internal readonly Tensor Open(Node node)
    {
        if (_header is not { } header) return ThrowReleased(node);
        TensorHeader storage = _storage;
        if (!storage.Keeps(_storageBirth) || header.Birth != _birth) ThrowGone(node, storage);
        if (storage.IsWatched) SpanWrites.Settle(storage);
        if (storage.Version != _version) ThrowChanged(node, header, storage.Version);
        if (_isHashed && ValueChecks.HashOf(storage, in _layout) != _hash) ThrowOverwritten(node, header);
        var tensor = new Tensor(header, _birth);
        return tensor.IsAlive ? tensor : TensorFrames.ViewThroughHold(storage, _storageBirth, _layout, node.OpName);
    }

    /// <summary>Gives the hold back, once: the end of a pass may meet a walk that is still at work on another thread.</summary>
    internal void Release()
    {
        if (Interlocked.Exchange(ref _header, null) is null) return;
        _storage.Frame.DropHold(_storage, _storageBirth);
    }

    [DoesNotReturn]
    private static Tensor ThrowReleased(Node node) => throw new StaleAccessException(
        "run backward", node.OpName, "what it had saved was let go when its pass ended or when it ran before",
        "run Backward once, in the pass of the forward computation; call Backward(retainGraph: true) to run it again");

    [DoesNotReturn]
    private readonly void ThrowGone(Node node, TensorHeader storage) => throw new StaleAccessException(
        "run backward", $"{node.OpName}, which saved {TensorThrow.Describe(_header!)}", Throw.DescribeLife(storage, _storageBirth),
        "run Backward in the pass of the forward computation");

    [DoesNotReturn]
    private static void ThrowOverwritten(Node node, TensorHeader header) => throw new InvalidOperationException(WorkspaceException.Compose(
        "run backward", $"{node.OpName}, which saved {TensorThrow.Describe(header)}",
        "its bytes are others than in the forward computation, and no op wrote them: a span, a pointer or native code did",
        "write through spans before the forward computation or after Backward, or to a copy"));

    [DoesNotReturn]
    private readonly void ThrowChanged(Node node, TensorHeader header, int version) => throw new InvalidOperationException(WorkspaceException.Compose(
        "run backward", $"{node.OpName}, which saved {TensorThrow.Describe(header)}",
        $"it had version {_version} in the forward computation and has {version} now: {header.Storage.Writer} wrote to it in place in between",
        "write in place after Backward, or compute a new tensor instead"));
}
