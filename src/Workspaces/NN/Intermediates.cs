using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Follows one tensor through a chain of modules and releases each intermediate result once the next module has run; the tape keeps what it needs.
/// <code>
///   input ──▶ [Linear] ──▶ h ──▶ [Flatten] ──▶ view of h ──▶ [Linear] ──▶ output
///                          └── owned, released when the second Linear has returned ──┘
/// </code>
/// Owned is memory that was born in the ambient pass during the chain, so never the input, a parameter, or what a module had kept from before.
/// </summary>
internal ref struct Intermediates
{
    private readonly Frame _frame;
    private readonly ulong _births;
    private TensorHeader? _owned;
    private ulong _ownedBirth;

    internal Intermediates(Frame frame)
    {
        _frame = frame;
        _births = frame.Births;
    }

    /// <summary>Names the modules of the chain for whoever records passes; dispose it at the end of the chain.</summary>
    internal readonly PartScope Parts => new(_frame);

    /// <summary>The chain goes on with this result; what it no longer shares memory with is released.</summary>
    internal void Advance(Tensor result)
    {
        TensorHeader header = result.Checked("continue a chain of modules"), storage = header.Storage;
        ulong birth = header.Root is null ? result.Generation : header.RootBirth;
        if (ReferenceEquals(storage, _owned) && birth == _ownedBirth) return;
        Release();
        if (!ReferenceEquals(storage.Frame, _frame) || birth <= _births) return;
        _owned = storage;
        _ownedBirth = birth;
    }

    /// <summary>Releases the current intermediate; does nothing when somebody else has released it.</summary>
    internal void Release()
    {
        if (_owned is not { } owned) return;
        _owned = null;
        new Tensor(owned, _ownedBirth).Dispose();
    }
}
