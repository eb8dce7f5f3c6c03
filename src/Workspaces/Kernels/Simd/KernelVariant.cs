namespace Workspaces.Kernels.Simd;

/// <summary>The vector width a kernel is compiled for.</summary>
internal enum KernelVariant
{
    /// <summary>The widest variant of this machine, or the one that <c>WORKSPACES_FORCE_KERNEL</c> names.</summary>
    Automatic = 0,

    /// <summary>Plain scalar code; runs everywhere and is the reference of the tests.</summary>
    Scalar = 1,

    /// <summary>128-bit vectors: SSE and Neon.</summary>
    Vector128 = 128,

    /// <summary>256-bit vectors: AVX2.</summary>
    Vector256 = 256,

    /// <summary>512-bit vectors: AVX-512.</summary>
    Vector512 = 512,
}
