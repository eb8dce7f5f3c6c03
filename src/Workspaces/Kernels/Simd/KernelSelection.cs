using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;

namespace Workspaces.Kernels.Simd;

/// <summary>
/// Chooses the vector width once per process: the widest that the runtime reports as accelerated. Wider is better for every kernel
/// here, because they are bound by arithmetic or by L1 and L2, and the runtime does not report 512 bits on the
/// processors that lower their clock for them.
/// </summary>
internal static class KernelSelection
{
    /// <summary>The environment variable that forces a variant: 512, 256, 128 or scalar; read once.</summary>
    public const string EnvironmentVariable = "WORKSPACES_FORCE_KERNEL";

    private static readonly KernelVariant[] WidestFirst =
        [KernelVariant.Vector512, KernelVariant.Vector256, KernelVariant.Vector128, KernelVariant.Scalar];

    /// <summary>The variant that <see cref="KernelVariant.Automatic"/> stands for in this process.</summary>
    public static readonly KernelVariant Best = Choose(Environment.GetEnvironmentVariable(EnvironmentVariable));

    /// <summary>Whether this machine runs the variant at full speed.</summary>
    public static bool IsAvailable(KernelVariant variant) => variant switch
    {
        KernelVariant.Vector512 => Vector512.IsHardwareAccelerated,
        KernelVariant.Vector256 => Vector256.IsHardwareAccelerated,
        KernelVariant.Vector128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };

    /// <summary>The variant to run: itself, or <see cref="Best"/> for <see cref="KernelVariant.Automatic"/>.</summary>
    public static KernelVariant Resolve(KernelVariant variant) => variant == KernelVariant.Automatic ? Best : variant;

    /// <summary>What a value of the environment variable selects.</summary>
    /// <param name="forced">The value, or null or empty when it is not set.</param>
    /// <exception cref="InvalidOperationException">The value is unknown, or this machine lacks the variant.</exception>
    public static KernelVariant Choose(string? forced)
    {
        if (string.IsNullOrWhiteSpace(forced))
            return Array.Find(WidestFirst, IsAvailable);

        KernelVariant variant = forced.Trim().ToUpperInvariant() switch
        {
            "512" => KernelVariant.Vector512,
            "256" => KernelVariant.Vector256,
            "128" => KernelVariant.Vector128,
            "SCALAR" => KernelVariant.Scalar,
            _ => KernelVariant.Automatic,
        };
        if (variant == KernelVariant.Automatic || !IsAvailable(variant))
            ThrowForced(forced);
        return variant;
    }

    [DoesNotReturn]
    private static void ThrowForced(string forced) => throw new InvalidOperationException(
        $"{EnvironmentVariable}={forced} asks for a kernel that cannot run here; available: " +
        $"{string.Join(", ", WidestFirst.Where(IsAvailable))}. Set it to 512, 256, 128 or scalar, or remove it.");
}
