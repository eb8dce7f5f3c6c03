using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>
/// Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), with the order of operations of torch.optim, in one pass over memory.
/// </summary>
internal static unsafe class Adam
{
    /// <summary>
    /// m += (1 - beta1) (g - m); v = beta2 v + (1 - beta2) g^2; p -= rate / correction1 * m / (sqrt(v) / sqrt(correction2) + epsilon).
    /// Decay first: Adam adds decay p to g, AdamW multiplies p by 1 - rate decay.
    /// </summary>
    /// <param name="parameters">Updated.</param>
    /// <param name="gradients">Only read.</param>
    /// <param name="first">First moment m, zero before the first step; updated.</param>
    /// <param name="second">Second moment v, zero before the first step; updated.</param>
    /// <param name="settings">Hyperparameters and bias corrections of this step.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    public static void Step<T>(
        Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> first, Span<T> second, in AdamSettings settings,
        KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatKernel.Check("Adam", "the gradient", gradients.Length, parameters.Length);
        FlatKernel.Check("Adam", "the first moment", first.Length, parameters.Length);
        FlatKernel.Check("Adam", "the second moment", second.Length, parameters.Length);
        fixed (T* p = parameters, g = gradients, m = first, v = second)
        {
            switch (KernelSelection.Resolve(variant))
            {
                case KernelVariant.Vector512:
                    Run<T, Vector512<T>, Simd512<T>>(p, g, m, v, settings, parameters.Length, team);
                    break;
                case KernelVariant.Vector256:
                    Run<T, Vector256<T>, Simd256<T>>(p, g, m, v, settings, parameters.Length, team);
                    break;
                case KernelVariant.Vector128:
                    Run<T, Vector128<T>, Simd128<T>>(p, g, m, v, settings, parameters.Length, team);
                    break;
                default:
                    Run<T, T, SimdScalar<T>>(p, g, m, v, settings, parameters.Length, team);
                    break;
            }
        }
    }

    private static void Run<T, TVector, TSimd>(T* p, T* g, T* m, T* v, in AdamSettings settings, int length, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : ISimd<T, TVector>
    {
        var kernel = new Kernel<T, TVector, TSimd> { Parameters = p, Gradients = g, First = m, Second = v, Settings = settings };
        FlatKernel.Run(ref kernel, length, team);
    }

    private struct Kernel<T, TVector, TSimd> : IFlatKernel
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : ISimd<T, TVector>
    {
        public T* Parameters, Gradients, First, Second;
        public AdamSettings Settings;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int first, int end)
        {
            AdamSettings set = Settings;
            bool coupled = !set.DecoupledDecay && set.WeightDecay != 0;
            TVector decay = Broadcast(set.WeightDecay), keep = Broadcast(set.DecoupledDecay ? 1 - (set.LearningRate * set.WeightDecay) : 1);
            TVector beta2 = Broadcast(set.Beta2), new1 = Broadcast(1 - set.Beta1), new2 = Broadcast(1 - set.Beta2), epsilon = Broadcast(set.Epsilon);
            TVector root = Broadcast(Math.Sqrt(set.BiasCorrection2)), negativeRate = Broadcast(-set.LearningRate / set.BiasCorrection1);
            T* p = Parameters, g = Gradients, m = First, v = Second;
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector parameter = TSimd.Load(p + i), gradient = TSimd.Load(g + i), old = TSimd.Load(m + i);
                if (coupled)
                    gradient = TSimd.MultiplyAdd(decay, parameter, gradient);
                TVector mean = TSimd.MultiplyAdd(new1, TSimd.Subtract(gradient, old), old);
                TVector square = TSimd.MultiplyAdd(TSimd.Multiply(new2, gradient), gradient, TSimd.Multiply(beta2, TSimd.Load(v + i)));
                TVector denominator = TSimd.Add(TSimd.Divide(TSimd.Sqrt(square), root), epsilon);
                TVector step = TSimd.Divide(TSimd.Multiply(negativeRate, mean), denominator);
                TSimd.Store(m + i, mean);
                TSimd.Store(v + i, square);
                TSimd.Store(p + i, TSimd.MultiplyAdd(parameter, keep, step));
            }

            if (i < end && TSimd.Count > 1)
            {
                new Kernel<T, T, SimdScalar<T>> { Parameters = p, Gradients = g, First = m, Second = v, Settings = Settings }.Run(i, end);
            }
        }

        private static TVector Broadcast(double value) => TSimd.Broadcast(T.CreateTruncating(value));
    }
}
