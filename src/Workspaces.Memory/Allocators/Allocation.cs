namespace Workspaces.Memory.Allocators;

/// <summary>Memory handed out by an allocator, with everything that is needed to give it back.</summary>
public readonly struct Allocation
{
    /// <summary>The largest alignment: 2 MiB, a huge page.</summary>
    public const int MaxAlignment = 2 << 20;

    /// <summary>Describes memory; for implementers of <see cref="IAllocator"/>.</summary>
    /// <param name="address">First byte, a multiple of <paramref name="alignment"/>.</param>
    /// <param name="bytes">Size asked for.</param>
    /// <param name="alignment">Alignment asked for.</param>
    /// <param name="zeroed">Whether the bytes were zeroes when handed out.</param>
    /// <param name="owner">The allocator that takes it back.</param>
    /// <param name="state">What the source keeps about it, null if nothing. Wrappers never change it.</param>
    public Allocation(nint address, long bytes, int alignment, bool zeroed, IAllocator owner, object? state = null)
    {
        ArgumentNullException.ThrowIfNull(owner);
        Address = address;
        Bytes = bytes;
        Alignment = alignment;
        IsZeroed = zeroed;
        Owner = owner;
        State = state;
    }

    /// <summary>First byte; 0 only in the default value.</summary>
    public nint Address { get; }

    /// <summary>Size asked for, in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Alignment asked for, in bytes.</summary>
    public int Alignment { get; }

    /// <summary>True if the bytes were zeroes when handed out.</summary>
    public bool IsZeroed { get; }

    /// <summary>The allocator that takes this back; null only in the default value.</summary>
    public IAllocator? Owner { get; }

    /// <summary>What the source keeps about it.</summary>
    public object? State { get; }

    /// <summary>The same memory, to be freed at another allocator: how wrappers pass it up and down.</summary>
    public Allocation OwnedBy(IAllocator owner) => new(Address, Bytes, Alignment, IsZeroed, owner, State);

    /// <summary>Its bytes; valid until it is freed.</summary>
    /// <exception cref="WorkspaceException">It is larger than a span can be (2³¹ - 1 bytes).</exception>
    public unsafe Span<byte> AsSpan()
    {
        if (Bytes > int.MaxValue)
            AllocatorErrors.ThrowSpanTooLong(Bytes, Owner);
        return new Span<byte>((void*)Address, (int)Bytes);
    }
}
