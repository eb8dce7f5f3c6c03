using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>Lion (Chen et al. 2023, algorithm 2), in one pass over memory.</summary>
internal static unsafe class Lion
{
    /// <summary>
    /// c = beta1 m + (1 - beta1) g; p = (1 - rate decay) p - rate sign(c); m = beta2 m + (1 - beta2) g. The sign of 0 is 0, and of what is no number no number.
    /// </summary>
    /// <param name="parameters">Updated.</param>
    /// <param name="gradients">Only read.</param>
    /// <param name="momentum">Zero before the first step; updated.</param>
    /// <param name="settings">Hyperparameters.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    public static void Step<T>(
        Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> momentum, in LionSettings settings,
        KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatKernel.Check("Lion", "the gradient", gradients.Length, parameters.Length);
        FlatKernel.Check("Lion", "the momentum", momentum.Length, parameters.Length);
        fixed (T* p = parameters, g = gradients, m = momentum)
        {
            var rule = new Rule<T> { Parameters = p, Gradients = g, Momentum = m, Settings = settings };
            FlatKernel.Run<T, Rule<T>>(rule, parameters.Length, team, variant);
        }
    }

    private struct Rule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Parameters, Gradients, Momentum;
        public LionSettings Settings;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            TVector negativeRate = Of<TVector, TSimd>(-Settings.LearningRate), keep = Of<TVector, TSimd>(1 - (Settings.LearningRate * Settings.WeightDecay));
            TVector old1 = Of<TVector, TSimd>(Settings.Beta1), new1 = Of<TVector, TSimd>(1 - Settings.Beta1);
            TVector old2 = Of<TVector, TSimd>(Settings.Beta2), new2 = Of<TVector, TSimd>(1 - Settings.Beta2);
            TVector one = TSimd.Broadcast(T.One), minusOne = TSimd.Broadcast(-T.One), raise = Of<TVector, TSimd>(typeof(T) == typeof(float) ? float.MaxValue : double.MaxValue);
            T* p = Parameters, g = Gradients, m = Momentum;
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector gradient = TSimd.Load(g + i), old = TSimd.Load(m + i);
                TVector direction = TSimd.MultiplyAdd(new1, gradient, TSimd.Multiply(old1, old));

                // Twice, because the least subnormal number times the largest one is still below 1.
                for (int twice = 0; twice < 2; twice++)
                    direction = TSimd.Max(TSimd.Min(TSimd.Multiply(direction, raise), one), minusOne);
                TSimd.Store(m + i, TSimd.MultiplyAdd(new2, gradient, TSimd.Multiply(old2, old)));
                TSimd.Store(p + i, TSimd.MultiplyAdd(negativeRate, direction, TSimd.Multiply(TSimd.Load(p + i), keep)));
            }

            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }

        private static TVector Of<TVector, TSimd>(double value)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector> => TSimd.Broadcast(T.CreateTruncating(value));
    }
}
