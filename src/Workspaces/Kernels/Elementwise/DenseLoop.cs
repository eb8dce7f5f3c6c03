using System.Runtime.CompilerServices;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// Elementwise operations on contiguous operands of one length: on many threads, and in chunks. The base library stores past the caches from 256 KiB on, and then
/// what reads the result next waits for memory; chunks are smaller, unless the result is too large for any cache.
/// </summary>
internal static class DenseLoop
{
    /// <summary>Bytes of a chunk.</summary>
    private const int ChunkBytes = 128 << 10;

    /// <summary>Bytes of a result that no cache keeps.</summary>
    private const long UncachedBytes = 16 << 20;

    /// <summary>Elements of the least part of a job: what a register holds, at a multiple of which parts begin, is the same for every number of threads.</summary>
    private const int Grain = 1024;

    /// <summary>Elements of a part of which each thread gets several, so that the faster core can do more.</summary>
    private const int ManyGrain = 8 * Grain;

    /// <summary>The most parts of a thread.</summary>
    private const int MostOfThread = 8;

    /// <summary>Parts for a length: at most one a thread of less than <see cref="ManyGrain"/>.</summary>
    public static int Parts(int length, KernelTeam? team) =>
        team is null ? 1 : Math.Clamp(length / Grain, 1, team.Threads * Math.Clamp(length / ManyGrain / team.Threads, 1, MostOfThread));

    /// <summary>Where a part begins; the last one has what is left over.</summary>
    public static int Start(int length, int part, int parts) => part == parts ? length : (int)((long)(length / Grain) * part / parts) * Grain;

    /// <summary>destination = op(x).</summary>
    public static void Unary<T, TOperation>(ReadOnlySpan<T> x, Span<T> destination, KernelTeam? team)
        where TOperation : IUnaryOperation<T>
    {
        var job = new UnaryJob<T, TOperation> { X = x, Destination = destination, Parts = Parts(destination.Length, team) };
        if (job.Parts == 1) job.Execute(0);
        else team!.Run(job.Parts, ref job);
    }

    /// <summary>destination = op(a, b).</summary>
    public static void Binary<T, TOperation>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> destination, KernelTeam? team)
        where TOperation : IBinaryOperation<T>
    {
        var job = new BinaryJob<T, TOperation> { A = a, B = b, Destination = destination, Parts = Parts(destination.Length, team) };
        if (job.Parts == 1) job.Execute(0);
        else team!.Run(job.Parts, ref job);
    }

    /// <summary>destination = value.</summary>
    public static void Fill<T>(T value, Span<T> destination, KernelTeam? team)
    {
        var job = new FillJob<T> { Value = value, Destination = destination, Parts = Parts(destination.Length, team) };
        if (job.Parts == 1) job.Execute(0);
        else team!.Run(job.Parts, ref job);
    }

    private static int ChunkOf<T>(int length)
    {
        int size = Unsafe.SizeOf<T>();
        return (long)length * size > UncachedBytes ? int.MaxValue : ChunkBytes / size;
    }

    private ref struct FillJob<T> : IKernelJob
    {
        public T Value;
        public Span<T> Destination;
        public int Parts;

        public readonly void Execute(int part) =>
            Destination[Start(Destination.Length, part, Parts)..Start(Destination.Length, part + 1, Parts)].Fill(Value);
    }

    private ref struct UnaryJob<T, TOperation> : IKernelJob
        where TOperation : IUnaryOperation<T>
    {
        public ReadOnlySpan<T> X;
        public Span<T> Destination;
        public int Parts;

        public readonly void Execute(int part)
        {
            int end = Start(Destination.Length, part + 1, Parts), chunk = ChunkOf<T>(Destination.Length), count;
            for (int i = Start(Destination.Length, part, Parts); i < end; i += count)
            {
                count = Math.Min(chunk, end - i);
                TOperation.Invoke(X.Slice(i, count), Destination.Slice(i, count));
            }
        }
    }

    private ref struct BinaryJob<T, TOperation> : IKernelJob
        where TOperation : IBinaryOperation<T>
    {
        public ReadOnlySpan<T> A, B;
        public Span<T> Destination;
        public int Parts;

        public readonly void Execute(int part)
        {
            int end = Start(Destination.Length, part + 1, Parts), chunk = ChunkOf<T>(Destination.Length), count;
            for (int i = Start(Destination.Length, part, Parts); i < end; i += count)
            {
                count = Math.Min(chunk, end - i);
                TOperation.Invoke(A.Slice(i, count), B.Slice(i, count), Destination.Slice(i, count));
            }
        }
    }
}
