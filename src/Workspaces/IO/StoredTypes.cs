using System.Diagnostics.CodeAnalysis;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>What is known about each <see cref="StoredType"/>.</summary>
public static class StoredTypes
{
    extension(StoredType type)
    {
        /// <summary>Bytes of one element: 8, 4, 2 or 1.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is none of the types.</exception>
        public int SizeInBytes => type switch
        {
            StoredType.F64 or StoredType.I64 => 8,
            StoredType.F32 or StoredType.I32 or StoredType.U32 => 4,
            StoredType.F16 or StoredType.BF16 or StoredType.I16 or StoredType.U16 => 2,
            StoredType.I8 or StoredType.U8 or StoredType.Bool => 1,
            _ => ThrowUnknown(type),
        };

        /// <summary>The type of tensors that holds every value.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is none of the types.</exception>
        public DType DType => type switch
        {
            StoredType.F64 => DType.F64,
            StoredType.F32 or StoredType.F16 or StoredType.BF16 => DType.F32,
            StoredType.I64 or StoredType.U32 => DType.I64,
            StoredType.I32 or StoredType.I16 or StoredType.I8 or StoredType.U16 => DType.I32,
            StoredType.U8 => DType.U8,
            StoredType.Bool => DType.Bool,
            _ => (DType)ThrowUnknown(type),
        };

        /// <summary>True for the four float types.</summary>
        public bool IsFloatingPoint => type is StoredType.F64 or StoredType.F32 or StoredType.F16 or StoredType.BF16;

        /// <summary>True when a tensor of <see cref="get_DType(StoredType)"/> has the very same bytes, on a machine of the file's byte order.</summary>
        internal bool IsExact => type is StoredType.F64 or StoredType.F32 or StoredType.I64 or StoredType.I32 or StoredType.U8 or StoredType.Bool;
    }

    /// <summary>The type that a tensor's elements are written as, without loss.</summary>
    /// <param name="dtype">Type of the tensor.</param>
    /// <returns>The stored type.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the six types.</exception>
    public static StoredType Of(DType dtype) => dtype switch
    {
        DType.F64 => StoredType.F64,
        DType.F32 => StoredType.F32,
        DType.I64 => StoredType.I64,
        DType.I32 => StoredType.I32,
        DType.U8 => StoredType.U8,
        DType.Bool => StoredType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Cannot store a tensor: its data type is none of the six. Remedy: use a named member of DType."),
    };

    [DoesNotReturn]
    private static int ThrowUnknown(StoredType type) =>
        throw new ArgumentOutOfRangeException(nameof(type), type, "Cannot describe a stored type: the value is none of the twelve. Remedy: use a named member of StoredType.");
}
