using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>
/// Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019) and their AMSGrad form (Reddi et al. 2018), with the order of operations of torch.optim, in
/// one pass over memory.
/// </summary>
internal static unsafe class Adam
{
    /// <summary>
    /// m += (1 - beta1) (g - m); v = beta2 v + (1 - beta2) g^2; p -= rate / correction1 * m / (sqrt(v) / sqrt(correction2) + epsilon).
    /// Decay first: Adam adds decay p to g, AdamW multiplies p by 1 - rate decay. With AMSGrad the largest v so far stands for v.
    /// </summary>
    /// <param name="parameters">Updated.</param>
    /// <param name="gradients">Only read.</param>
    /// <param name="first">First moment m, zero before the first step; updated.</param>
    /// <param name="second">Second moment v, zero before the first step; updated.</param>
    /// <param name="settings">Hyperparameters and bias corrections of this step.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    /// <param name="largest">Largest second moment so far, zero before the first step, for AMSGrad; else empty.</param>
    public static void Step<T>(
        Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> first, Span<T> second, in AdamSettings settings,
        KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic, Span<T> largest = default)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatKernel.Check("Adam", "the gradient", gradients.Length, parameters.Length);
        FlatKernel.Check("Adam", "the first moment", first.Length, parameters.Length);
        FlatKernel.Check("Adam", "the second moment", second.Length, parameters.Length);
        FlatKernel.Check("Adam", "the largest second moment", largest.Length, parameters.Length, optional: true);
        fixed (T* p = parameters, g = gradients, m = first, v = second, w = largest)
        {
            var rule = new Rule<T> { Parameters = p, Gradients = g, First = m, Second = v, Largest = w, Settings = settings };
            FlatKernel.Run<T, Rule<T>>(rule, parameters.Length, team, variant);
        }
    }

    private struct Rule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Parameters, Gradients, First, Second, Largest;
        public AdamSettings Settings;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            AdamSettings set = Settings;
            bool coupled = !set.DecoupledDecay && set.WeightDecay != 0;
            TVector decay = Of<TVector, TSimd>(set.WeightDecay), keep = Of<TVector, TSimd>(set.DecoupledDecay ? 1 - (set.LearningRate * set.WeightDecay) : 1);
            TVector beta2 = Of<TVector, TSimd>(set.Beta2), new1 = Of<TVector, TSimd>(1 - set.Beta1), new2 = Of<TVector, TSimd>(1 - set.Beta2);
            TVector epsilon = Of<TVector, TSimd>(set.Epsilon);
            TVector root = Of<TVector, TSimd>(Math.Sqrt(set.BiasCorrection2)), negativeRate = Of<TVector, TSimd>(-set.LearningRate / set.BiasCorrection1);
            T* p = Parameters, g = Gradients, m = First, v = Second, w = Largest;
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector parameter = TSimd.Load(p + i), gradient = TSimd.Load(g + i), old = TSimd.Load(m + i);
                if (coupled)
                    gradient = TSimd.MultiplyAdd(decay, parameter, gradient);
                TVector mean = TSimd.MultiplyAdd(new1, TSimd.Subtract(gradient, old), old);
                TVector square = TSimd.MultiplyAdd(TSimd.Multiply(new2, gradient), gradient, TSimd.Multiply(beta2, TSimd.Load(v + i)));
                TSimd.Store(m + i, mean);
                TSimd.Store(v + i, square);
                if (w != null)
                {
                    square = TSimd.Max(square, TSimd.Load(w + i));
                    TSimd.Store(w + i, square);
                }

                TVector denominator = TSimd.Add(TSimd.Divide(TSimd.Sqrt(square), root), epsilon);
                TVector step = TSimd.Divide(TSimd.Multiply(negativeRate, mean), denominator);
                TSimd.Store(p + i, TSimd.MultiplyAdd(parameter, keep, step));
            }

            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }

        private static TVector Of<TVector, TSimd>(double value)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector> => TSimd.Broadcast(T.CreateTruncating(value));
    }
}
