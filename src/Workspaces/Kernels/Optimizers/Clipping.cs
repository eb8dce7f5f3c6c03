using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Workspaces.Kernels.Reductions;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>What gradient clipping does to flat memory: measure it, scale it, bound it.</summary>
internal static unsafe class Clipping
{
    /// <summary>Parts of a norm; their sizes depend on the length alone, so that threads change no bit.</summary>
    private const int MostParts = 64;

    /// <summary>Below it a sum of squares may have lost digits to underflow.</summary>
    private const double LeastSquare = 1e-280;

    /// <summary>The Euclidean norm, added in double precision; not a number when an element is not one. Squares beyond the range of double are scaled first.</summary>
    public static double Norm<T>(ReadOnlySpan<T> values, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double* sums = stackalloc double[MostParts];
        int size = Math.Max(FlatKernel.Chunk, (values.Length + MostParts - 1) / MostParts), parts = (values.Length + size - 1) / size;
        fixed (T* x = values)
        {
            var job = new SquareSum<T> { Values = x, Length = values.Length, PartSize = size, Sums = sums };
            if (team is not null) team.Run(parts, ref job);
            else for (int part = 0; part < parts; part++) job.Execute(part);
        }

        double sum = 0;
        for (int part = 0; part < parts; part++) sum += sums[part];
        return double.IsPositiveInfinity(sum) || sum < LeastSquare ? ScaledNorm(values) : Math.Sqrt(sum);
    }

    /// <summary>Multiplies every element.</summary>
    public static void Scale<T>(Span<T> values, T factor, KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* x = values) FlatKernel.Run<T, ScaleRule<T>>(new ScaleRule<T> { Values = x, Factor = factor }, values.Length, team, variant);
    }

    /// <summary>Brings every element into -bound … bound; what is no number stays so.</summary>
    public static void Bound<T>(Span<T> values, T bound, KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* x = values) FlatKernel.Run<T, BoundRule<T>>(new BoundRule<T> { Values = x, Bound = bound }, values.Length, team, variant);
    }

    /// <summary>Divides by the largest magnitude before squaring; rare, so in scalars.</summary>
    private static double ScaledNorm<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = T.Zero;
        foreach (T value in values) largest = T.Max(largest, T.Abs(value));
        if (!T.IsFinite(largest) || T.IsZero(largest)) return double.CreateTruncating(largest);
        double scale = double.CreateTruncating(largest), sum = 0;
        foreach (T value in values)
        {
            double x = double.CreateTruncating(value) / scale;
            sum += x * x;
        }

        return scale * Math.Sqrt(sum);
    }

    private struct SquareSum<T> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Values;
        public int Length, PartSize;
        public double* Sums;

        public readonly void Execute(int part)
        {
            int first = part * PartSize;
            var values = new ReadOnlySpan<T>(Values + first, Math.Min(PartSize, Length - first));
            if (typeof(T) == typeof(float))
            {
                ReadOnlySpan<float> single = MemoryMarshal.Cast<T, float>(values);
                Sums[part] = SumKernel.Dot(single, single);
            }
            else
            {
                ReadOnlySpan<double> wide = MemoryMarshal.Cast<T, double>(values);
                Sums[part] = SumKernel.Dot(wide, wide);
            }
        }
    }

    private struct ScaleRule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Values;
        public T Factor;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            TVector factor = TSimd.Broadcast(Factor);
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count) TSimd.Store(Values + i, TSimd.Multiply(TSimd.Load(Values + i), factor));
            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }
    }

    private struct BoundRule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Values;
        public T Bound;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            TVector high = TSimd.Broadcast(Bound), low = TSimd.Broadcast(-Bound);
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count) TSimd.Store(Values + i, TSimd.Max(TSimd.Min(TSimd.Load(Values + i), high), low));
            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }
    }
}
