namespace Workspaces.Tensors;

/// <summary>What a <see cref="TensorIndex"/> does with its axis.</summary>
internal enum TensorIndexKind : byte
{
    /// <summary>Takes one position; the axis vanishes.</summary>
    Position,

    /// <summary>Takes a range; the axis stays.</summary>
    Range,

    /// <summary>Inserts an axis of size 1.</summary>
    NewAxis,

    /// <summary>Skips all axes that no other entry names.</summary>
    Ellipsis,
}
