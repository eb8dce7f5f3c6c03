namespace Workspaces.IO;

/// <summary>The type of the elements in a file. Types that tensors do not have become the next one that holds all their values: see <c>StoredTypes.DType</c>.</summary>
public enum StoredType
{
    /// <summary>IEEE 754 double precision.</summary>
    F64,

    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>IEEE 754 half precision; loads as float32.</summary>
    F16,

    /// <summary>The upper half of a single-precision number; loads as float32.</summary>
    BF16,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Signed 16-bit integer; loads as int32.</summary>
    I16,

    /// <summary>Signed 8-bit integer; loads as int32.</summary>
    I8,

    /// <summary>Unsigned 32-bit integer; loads as int64.</summary>
    U32,

    /// <summary>Unsigned 16-bit integer; loads as int32.</summary>
    U16,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>A truth value in one byte, 0 or 1.</summary>
    Bool,
}
