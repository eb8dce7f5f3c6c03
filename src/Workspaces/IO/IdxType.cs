namespace Workspaces.IO;

/// <summary>Element types of the IDX format; the value is the type code in the third byte of a file.</summary>
public enum IdxType : byte
{
    /// <summary>Unsigned 8-bit integers, the type of MNIST's pixels and labels.</summary>
    UInt8 = 0x08,

    /// <summary>Signed 8-bit integers.</summary>
    Int8 = 0x09,

    /// <summary>Signed 16-bit integers, big-endian in the file.</summary>
    Int16 = 0x0B,

    /// <summary>Signed 32-bit integers, big-endian in the file.</summary>
    Int32 = 0x0C,

    /// <summary>IEEE 754 single precision, big-endian in the file.</summary>
    Float32 = 0x0D,

    /// <summary>IEEE 754 double precision, big-endian in the file.</summary>
    Float64 = 0x0E,
}
