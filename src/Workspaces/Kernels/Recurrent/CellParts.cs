using System.Runtime.CompilerServices;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Recurrent;

/// <summary>How the samples of a step are shared out.</summary>
internal static class CellParts
{
    /// <summary>Bytes of gates of a step for which another thread is not worth while (1 to 2 microseconds of one core).</summary>
    private const long LeastBytes = 32 << 10;

    private const int PartsPerThread = 4;

    /// <summary>Parts of a step.</summary>
    /// <param name="samples">Its samples.</param>
    /// <param name="width">Elements of the gates of one.</param>
    /// <param name="team">Threads, or null.</param>
    public static int Of<T>(int samples, int width, KernelTeam? team)
        where T : unmanaged => team is null || (long)samples * width * Unsafe.SizeOf<T>() < LeastBytes ? 1 : Math.Min(samples, PartsPerThread * team.Threads);

    /// <summary>The first sample of a part; that of the part after the last is the number of samples.</summary>
    public static int First(int samples, int part, int parts) => (int)((long)samples * part / parts);
}
