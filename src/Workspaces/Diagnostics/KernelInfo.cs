using Workspaces.Kernels.Simd;

namespace Workspaces.Diagnostics;

/// <summary>Which kernels run on this machine.</summary>
public static class KernelInfo
{
    /// <summary>The environment variable that forces a vector width.</summary>
    public static string EnvironmentVariable => KernelSelection.EnvironmentVariable;

    /// <summary>The variant in use, e.g. <c>Vector512</c>.</summary>
    public static string Variant => KernelSelection.Best.ToString();
}
