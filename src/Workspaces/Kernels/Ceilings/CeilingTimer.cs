using System.Diagnostics;
using System.Runtime.InteropServices;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Ceilings;

/// <summary>Times the loops of <see cref="CeilingJob"/>. The best of many short runs counts, because a ceiling is what the machine can do when left alone.</summary>
internal static unsafe class CeilingTimer
{
    /// <summary>A run is at least this long, so that the clock and the hand-over between threads do not matter.</summary>
    private const double RunSeconds = 1e-3;

    /// <summary>Multiply-adds in a second on all threads.</summary>
    public static double MultiplyAdds(KernelTeam team, KernelVariant variant, double seconds)
    {
        var job = new CeilingJob { Loop = CeilingLoop.MultiplyAdds, Variant = variant, Rounds = 1000 };
        return Best(team, ref job, (double)CeilingJob.PerRound(variant) * team.Threads, seconds);
    }

    /// <summary>Bytes read and written in a second on all threads, each on so many bytes of its own; the better of reading and of the triad.</summary>
    public static double Bytes(KernelTeam team, long bytesPerThread, double seconds) => Best(team, bytesPerThread, seconds, [CeilingLoop.Read, CeilingLoop.Triad]);

    /// <summary>Bytes read in a second on all threads, each summing so many bytes of its own.</summary>
    public static double BytesRead(KernelTeam team, long bytesPerThread, double seconds) => Best(team, bytesPerThread, seconds, [CeilingLoop.Read]);

    /// <summary>The best of some loops over the same bytes.</summary>
    private static double Best(KernelTeam team, long bytesPerThread, double seconds, ReadOnlySpan<CeilingLoop> loops)
    {
        nint length = (nint)Math.Max(1, bytesPerThread / (CeilingJob.Multiple * sizeof(float))) * CeilingJob.Multiple;
        nuint bytes = checked((nuint)(length * sizeof(float) * team.Threads));
        void* memory = NativeMemory.AlignedAlloc(bytes, 4096);
        try
        {
            NativeMemory.Clear(memory, bytes);
            double best = 0;
            foreach (CeilingLoop loop in loops)
            {
                var job = new CeilingJob { Variant = KernelSelection.Best, Memory = (float*)memory, Length = length, Rounds = 1, Loop = loop };
                best = Math.Max(best, Best(team, ref job, bytes, seconds));
            }

            return best;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static double Best(KernelTeam team, ref CeilingJob job, double workPerRound, double seconds)
    {
        double best = 0;
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            team.Run(team.Threads, ref job);
            double time = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (time < RunSeconds) job.Rounds *= 2;
            best = Math.Max(best, workPerRound * job.Rounds / (time < RunSeconds ? 2 : 1) / time);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);

        return best;
    }
}
