using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>Adagrad (Duchi, Hazan and Singer 2011), with the order of operations of torch.optim.Adagrad, in one pass over memory.</summary>
internal static unsafe class Adagrad
{
    /// <summary>g += decay p; s += g^2; p -= rate g / (sqrt(s) + epsilon).</summary>
    /// <param name="parameters">Updated.</param>
    /// <param name="gradients">Only read.</param>
    /// <param name="sum">Sum of squares s; updated.</param>
    /// <param name="learningRate">Step size of this step.</param>
    /// <param name="weightDecay">Added to the gradient times the parameter.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    public static void Step<T>(
        Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> sum, double learningRate, double weightDecay, double epsilon,
        KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatKernel.Check("Adagrad", "the gradient", gradients.Length, parameters.Length);
        FlatKernel.Check("Adagrad", "the sum of squares", sum.Length, parameters.Length);
        fixed (T* p = parameters, g = gradients, s = sum)
        {
            var rule = new Rule<T>
            {
                Parameters = p, Gradients = g, Sum = s,
                LearningRate = T.CreateTruncating(learningRate), WeightDecay = T.CreateTruncating(weightDecay), Epsilon = T.CreateTruncating(epsilon),
            };
            FlatKernel.Run<T, Rule<T>>(rule, parameters.Length, team, variant);
        }
    }

    private struct Rule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Parameters, Gradients, Sum;
        public T LearningRate, WeightDecay, Epsilon;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            TVector rate = TSimd.Broadcast(LearningRate), decay = TSimd.Broadcast(WeightDecay), epsilon = TSimd.Broadcast(Epsilon);
            bool hasDecay = !T.IsZero(WeightDecay);
            T* p = Parameters, g = Gradients, s = Sum;
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector parameter = TSimd.Load(p + i), gradient = TSimd.Load(g + i);
                if (hasDecay)
                    gradient = TSimd.MultiplyAdd(decay, parameter, gradient);
                TVector sum = TSimd.MultiplyAdd(gradient, gradient, TSimd.Load(s + i));
                TSimd.Store(s + i, sum);
                TVector step = TSimd.Divide(TSimd.Multiply(rate, gradient), TSimd.Add(TSimd.Sqrt(sum), epsilon));
                TSimd.Store(p + i, TSimd.Subtract(parameter, step));
            }

            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }
    }
}
