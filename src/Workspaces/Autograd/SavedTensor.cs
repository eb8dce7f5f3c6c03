using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// A tensor that a node needs for its backward half. It holds the bytes (so the user may dispose the tensor before <c>Backward</c>) and remembers the
/// version (so a write in place in between is noticed). Persistent bytes need no hold: they outlive every pass that was open at their release.
/// </summary>
internal struct SavedTensor
{
    private TensorHeader? _header;
    private ulong _birth;
    private ulong _storageBirth;
    private int _version;
    private Layout _layout;

    internal readonly bool IsEmpty => _header is null;

    internal static SavedTensor Of(Tensor tensor)
    {
        TensorHeader header = tensor.Checked("save for backward"), storage = header.Storage;
        var saved = new SavedTensor
        {
            _header = header,
            _birth = tensor.Generation,
            _storageBirth = header.Root is null ? tensor.Generation : header.RootBirth,
            _version = storage.Version,
            _layout = header.Layout,
        };
        if (!storage.Frame.IsPersistent && !storage.Frame.TryHold(storage, saved._storageBirth)) header = tensor.Checked("save for backward");
        return saved;
    }

    /// <summary>The tensor, usable by ops whether or not the user has released it.</summary>
    internal readonly Tensor Open(Node node)
    {
        TensorHeader header = _header!, storage = header.Storage;
        bool kept = storage.Birth == _storageBirth && (storage.Frame.IsPersistent ? storage.Frame.IsOpen : storage.Keeps(_storageBirth));
        if (!kept || header.Birth != _birth) ThrowGone(node, storage);
        if (storage.Version != _version) ThrowChanged(node, header, storage.Version);
        var tensor = new Tensor(header, _birth);
        return tensor.IsAlive ? tensor : TensorFrames.ViewThroughHold(storage, _storageBirth, _layout, node.OpName);
    }

    /// <summary>Gives the hold back.</summary>
    internal void Release()
    {
        if (_header is null) return;
        TensorHeader storage = _header.Storage;
        if (!storage.Frame.IsPersistent) storage.Frame.DropHold(storage, _storageBirth);
        _header = null;
    }

    [DoesNotReturn]
    private readonly void ThrowGone(Node node, TensorHeader storage) => throw new StaleAccessException(
        "run backward", $"{node.OpName}, which saved {TensorThrow.Describe(_header!)}", Throw.DescribeLife(storage, _storageBirth),
        "run Backward in the pass of the forward computation");

    [DoesNotReturn]
    private readonly void ThrowChanged(Node node, TensorHeader header, int version) => throw new InvalidOperationException(WorkspaceException.Compose(
        "run backward", $"{node.OpName}, which saved {TensorThrow.Describe(header)}",
        $"it had version {_version} in the forward computation and has {version} now: {header.Storage.Writer} wrote to it in place in between",
        "write in place after Backward, or compute a new tensor instead"));
}
