using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Tensors;

/// <summary>What is known about each <see cref="DType"/>: size, names, .NET type and promotion.</summary>
public static class DTypes
{
    extension(DType dtype)
    {
        /// <summary>Bytes of one element: 8, 4 or 1.</summary>
        /// <exception cref="ArgumentException">The value is none of the six types.</exception>
        public int SizeInBytes => dtype switch
        {
            DType.F32 or DType.I32 => 4,
            DType.F64 or DType.I64 => 8,
            DType.U8 or DType.Bool => 1,
            _ => ThrowUnknown<int>(dtype),
        };

        /// <summary>True for <see cref="DType.F32"/> and <see cref="DType.F64"/>: the types that can carry gradients.</summary>
        public bool IsFloatingPoint => dtype is DType.F32 or DType.F64;

        /// <summary>The field's name, as PyTorch and NumPy write it: <c>float32</c>, <c>int64</c>, <c>bool</c>.</summary>
        /// <exception cref="ArgumentException">The value is none of the six types.</exception>
        public string Name => dtype switch
        {
            DType.F32 => "float32",
            DType.F64 => "float64",
            DType.I32 => "int32",
            DType.I64 => "int64",
            DType.U8 => "uint8",
            DType.Bool => "bool",
            _ => ThrowUnknown<string>(dtype),
        };

        /// <summary>The .NET type of one element, e.g. <see cref="float"/> for <see cref="DType.F32"/>.</summary>
        /// <exception cref="ArgumentException">The value is none of the six types.</exception>
        public Type ElementType => dtype switch
        {
            DType.F32 => typeof(float),
            DType.F64 => typeof(double),
            DType.I32 => typeof(int),
            DType.I64 => typeof(long),
            DType.U8 => typeof(byte),
            DType.Bool => typeof(bool),
            _ => ThrowUnknown<Type>(dtype),
        };
    }

    /// <summary>The dtype whose elements are <typeparamref name="T"/>; the JIT folds it to a constant.</summary>
    /// <exception cref="ArgumentException">No dtype has elements of this type.</exception>
    public static DType Of<T>()
        where T : unmanaged
        => TryOf<T>(out DType dtype) ? dtype : ThrowNoDType(typeof(T));

    /// <summary>As <see cref="Of{T}"/>, but false instead of an error.</summary>
    /// <param name="dtype">The dtype; meaningless when the answer is false.</param>
    public static bool TryOf<T>(out DType dtype)
        where T : unmanaged
    {
        dtype = typeof(T) == typeof(float) ? DType.F32
            : typeof(T) == typeof(double) ? DType.F64
            : typeof(T) == typeof(int) ? DType.I32
            : typeof(T) == typeof(long) ? DType.I64
            : typeof(T) == typeof(byte) ? DType.U8
            : DType.Bool;
        return dtype != DType.Bool || typeof(T) == typeof(bool);
    }

    /// <summary>
    /// The dtype in which elements of both types meet, as PyTorch's <c>promote_types</c> answers for these six: floating
    /// point beats integers, integers beat truth values, and within a kind the wider one wins (so I64 with F32 is F32).
    /// </summary>
    /// <exception cref="ArgumentException">A value is none of the six types.</exception>
    public static DType Promote(DType a, DType b) => PromotionRank(a) >= PromotionRank(b) ? a : b;

    /// <summary>Reads a name: the field's (<c>float32</c>) or ours (<c>F32</c>), in any case.</summary>
    /// <param name="name">The name; null is read as unknown.</param>
    /// <param name="dtype">The dtype; meaningless when the answer is false.</param>
    public static bool TryParse(string? name, out DType dtype)
    {
        for (dtype = DType.F32; dtype <= DType.Bool; dtype++)
        {
            if (string.Equals(name, dtype.Name, StringComparison.OrdinalIgnoreCase)
                || string.Equals(name, dtype.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        dtype = default;
        return false;
    }

    // Without signed bytes the six types form a chain, so the promoted type is simply the higher of the two.
    private static int PromotionRank(DType dtype) => dtype switch
    {
        DType.Bool => 0,
        DType.U8 => 1,
        DType.I32 => 2,
        DType.I64 => 3,
        DType.F32 => 4,
        DType.F64 => 5,
        _ => ThrowUnknown<int>(dtype),
    };

    [DoesNotReturn]
    private static T ThrowUnknown<T>(DType dtype) => throw new ArgumentException(
        $"Cannot describe a dtype, asked by {nameof(DTypes)}: value {(int)dtype} is none of the six from 0 (F32) to 5 (Bool). "
        + "Remedy: use a named member of DType.",
        nameof(dtype));

    [DoesNotReturn]
    private static DType ThrowNoDType(Type type) => throw new ArgumentException(
        $"Cannot find a dtype for {type}, asked by {nameof(DTypes)}: elements are float, double, int, long, byte or bool. "
        + "Remedy: convert the data to one of these six types.");
}
