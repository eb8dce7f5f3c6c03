namespace Workspaces.Kernels.Simd;

/// <summary>
/// The vector arithmetic a kernel body is written against, so that one body serves every width. All calls are static and the
/// type arguments are structs, so the JIT compiles each combination to plain vector instructions.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TVector">The register type: a vector of <typeparamref name="T"/>, or <typeparamref name="T"/> itself.</typeparam>
internal unsafe interface ISimd<T, TVector>
    where T : unmanaged
    where TVector : unmanaged
{
    /// <summary>Elements in a register.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of C that a GEMM tile of two registers width keeps in registers without spilling.</summary>
    static abstract int TileRows { get; }

    /// <summary>All elements zero.</summary>
    static abstract TVector Zero { get; }

    /// <summary>All elements equal to <paramref name="value"/>.</summary>
    static abstract TVector Broadcast(T value);

    /// <summary>Loads <see cref="Count"/> elements from any address.</summary>
    static abstract TVector Load(T* source);

    /// <summary>Loads the first <paramref name="count"/> elements, reads no others, and zeroes the rest.</summary>
    static abstract TVector LoadPartial(T* source, int count);

    /// <summary>Stores <see cref="Count"/> elements to any address.</summary>
    static abstract void Store(T* destination, TVector value);

    /// <summary>Stores the first <paramref name="count"/> elements and writes no others.</summary>
    static abstract void StorePartial(T* destination, TVector value, int count);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a - b.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a * b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>The square root.</summary>
    static abstract TVector Sqrt(TVector a);

    /// <summary>The smaller of a and b; not a number where either is not one.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The larger of a and b; not a number where either is not one.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>a * b + c, fused where the machine has the instruction.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>2 to the power of whole numbers, which must be those of normal numbers (-126 to 127 for f32, -1022 to 1023 for f64).</summary>
    static abstract TVector PowerOf2(TVector whole);

    /// <summary>For each element of x one of two others: the first where x is below 0, else (also for -0 and NaN) the second.</summary>
    static abstract TVector SelectNegative(TVector x, TVector negative, TVector otherwise);

    /// <summary>The sum of all elements, in a fixed order.</summary>
    static abstract T Sum(TVector a);
}
