using System.Runtime.CompilerServices;
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

    /// <summary>The layer that runs now, while somebody records passes; null otherwise.</summary>
    internal readonly string? Part => _frame.Part;

    /// <summary>A module of the chain is about to run: what it makes is recorded under its name, if at all.</summary>
    internal readonly void Name(Module module)
    {
        if (_frame.WantsParts) SetPart(module);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SetPart(Module module) => _frame.Part = $"{module.Name} {module.GetType().Name}";

    /// <summary>The chain is through: the module around it goes on.</summary>
    internal readonly void NameAgain(string? part)
    {
        if (!ReferenceEquals(_frame.Part, part)) _frame.Part = part;
    }

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
