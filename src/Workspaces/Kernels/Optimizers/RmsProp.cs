using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>RMSprop (Tieleman and Hinton 2012; centred: Graves 2013), with the order of operations of torch.optim.RMSprop, in one pass over memory.</summary>
internal static unsafe class RmsProp
{
    /// <summary>
    /// g += decay p; s = alpha s + (1 - alpha) g^2; centred: m += (1 - alpha) (g - m) and s - m^2 stands for s below; d = g / (sqrt(s) + epsilon); with
    /// momentum v = momentum v + d and d = v; p -= rate d. A variance that rounding made negative counts as 0.
    /// </summary>
    /// <param name="parameters">Updated.</param>
    /// <param name="gradients">Only read.</param>
    /// <param name="square">Mean square s, zero before the first step; updated.</param>
    /// <param name="mean">Mean m, zero before the first step; empty when not centred.</param>
    /// <param name="velocity">Zero before the first step; empty when momentum is 0.</param>
    /// <param name="settings">Hyperparameters.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    public static void Step<T>(
        Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> square, Span<T> mean, Span<T> velocity, in RmsPropSettings settings,
        KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatKernel.Check("RMSprop", "the gradient", gradients.Length, parameters.Length);
        FlatKernel.Check("RMSprop", "the mean square", square.Length, parameters.Length);
        FlatKernel.Check("RMSprop", "the mean", mean.Length, parameters.Length, optional: true);
        FlatKernel.Check("RMSprop", "the velocity", velocity.Length, parameters.Length, optional: settings.Momentum == 0);
        fixed (T* p = parameters, g = gradients, s = square, m = mean, v = velocity)
        {
            var rule = new Rule<T> { Parameters = p, Gradients = g, Square = s, Mean = m, Velocity = v, Settings = settings };
            FlatKernel.Run<T, Rule<T>>(rule, parameters.Length, team, variant);
        }
    }

    private struct Rule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Parameters, Gradients, Square, Mean, Velocity;
        public RmsPropSettings Settings;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            TVector negativeRate = Of<TVector, TSimd>(-Settings.LearningRate), decay = Of<TVector, TSimd>(Settings.WeightDecay);
            TVector alpha = Of<TVector, TSimd>(Settings.Alpha), fresh = Of<TVector, TSimd>(1 - Settings.Alpha);
            TVector epsilon = Of<TVector, TSimd>(Settings.Epsilon), momentum = Of<TVector, TSimd>(Settings.Momentum);
            bool hasDecay = Settings.WeightDecay != 0, hasMomentum = Settings.Momentum != 0;
            T* p = Parameters, g = Gradients, s = Square, m = Mean, v = Velocity;
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector parameter = TSimd.Load(p + i), gradient = TSimd.Load(g + i);
                if (hasDecay)
                    gradient = TSimd.MultiplyAdd(decay, parameter, gradient);
                TVector square = TSimd.MultiplyAdd(TSimd.Multiply(fresh, gradient), gradient, TSimd.Multiply(alpha, TSimd.Load(s + i)));
                TSimd.Store(s + i, square);
                if (m != null)
                {
                    TVector old = TSimd.Load(m + i), mean = TSimd.MultiplyAdd(fresh, TSimd.Subtract(gradient, old), old);
                    TSimd.Store(m + i, mean);
                    square = TSimd.Max(TSimd.Subtract(square, TSimd.Multiply(mean, mean)), TSimd.Zero);
                }

                TVector step = TSimd.Divide(gradient, TSimd.Add(TSimd.Sqrt(square), epsilon));
                if (hasMomentum)
                {
                    step = TSimd.MultiplyAdd(momentum, TSimd.Load(v + i), step);
                    TSimd.Store(v + i, step);
                }

                TSimd.Store(p + i, TSimd.MultiplyAdd(negativeRate, step, parameter));
            }

            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }

        private static TVector Of<TVector, TSimd>(double value)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector> => TSimd.Broadcast(T.CreateTruncating(value));
    }
}
