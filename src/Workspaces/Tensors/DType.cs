namespace Workspaces.Tensors;

/// <summary>The type of a tensor's elements. Sizes, names and promotion are in <see cref="DTypes"/>.</summary>
public enum DType : byte
{
    /// <summary>IEEE 754 single precision, <see cref="float"/>.</summary>
    F32,

    /// <summary>IEEE 754 double precision, <see cref="double"/>.</summary>
    F64,

    /// <summary>Signed 32-bit integer, <see cref="int"/>.</summary>
    I32,

    /// <summary>Signed 64-bit integer, <see cref="long"/>.</summary>
    I64,

    /// <summary>Unsigned 8-bit integer, <see cref="byte"/>.</summary>
    U8,

    /// <summary>A truth value, <see cref="bool"/>: one byte that is 0 or 1.</summary>
    Bool,
}
