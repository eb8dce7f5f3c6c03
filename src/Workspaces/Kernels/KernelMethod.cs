using System.Runtime.CompilerServices;

namespace Workspaces.Kernels;

/// <summary>How the inner loops of kernels are compiled.</summary>
internal static class KernelMethod
{
    /// <summary>
    /// Fully at the first call, and as a method of its own. With tiered compilation a profile of the first calls would otherwise lay the loop out anew, or inline it
    /// into a caller that then has too few registers for its sums: products ran at half their speed.
    /// </summary>
    public const MethodImplOptions Compiled = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;
}
