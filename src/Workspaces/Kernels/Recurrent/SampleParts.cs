using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;

namespace Workspaces.Kernels.Recurrent;

/// <summary>How the samples of a recurrence are shared out among threads: they do not know of each other, so a part can run all its steps without waiting for the others.</summary>
internal static class SampleParts
{
    /// <summary>Samples of a part that runs its steps by itself: the rows of a full tile.</summary>
    private const int LeastRows = 8;

    /// <summary>The least width of a state for that.</summary>
    private const int LeastHidden = 16;

    /// <summary>Bytes of gates of a step for which another thread is not worth while (1 to 2 microseconds of one core).</summary>
    private const long LeastBytes = 32 << 10;

    private const int PartsPerThread = 4;

    /// <summary>Parts that run all steps by themselves; 1 where there are too few samples, and threads share each step.</summary>
    /// <param name="settings">Sizes.</param>
    /// <param name="threads">Threads, 1 for none.</param>
    public static int OfSequence(in RecurrenceSettings settings, int threads) =>
        threads > 1 && settings.Hidden >= LeastHidden && settings.Samples / threads >= LeastRows ? threads : 1;

    /// <summary>Parts of a step between its products.</summary>
    /// <param name="samples">Its samples.</param>
    /// <param name="width">Elements of the gates of one.</param>
    /// <param name="threads">Threads, 1 for none.</param>
    public static int OfStep<T>(int samples, int width, int threads)
        where T : unmanaged => threads == 1 || (long)samples * width * Unsafe.SizeOf<T>() < LeastBytes ? 1 : Math.Min(samples, PartsPerThread * threads);

    /// <summary>The first sample of a part; that of the part after the last is the number of samples.</summary>
    public static int First(int samples, int part, int parts) => (int)((long)samples * part / parts);

    /// <summary>Samples of the largest part.</summary>
    public static int Most(int samples, int parts) => GemmBlocking.Ceiling(samples, parts);
}
