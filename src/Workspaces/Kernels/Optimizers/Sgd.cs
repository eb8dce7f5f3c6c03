using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>Stochastic gradient descent as in torch.optim.SGD, in one pass over memory.</summary>
internal static unsafe class Sgd
{
    /// <summary>g += decay p; v = momentum v + (1 - dampening) g; g = nesterov ? g + momentum v : v; p -= rate g. Without momentum v is neither read
    /// nor written.</summary>
    /// <param name="parameters">Updated.</param>
    /// <param name="gradients">Only read.</param>
    /// <param name="velocity">Zero before the first step, updated; may be empty when momentum is 0.</param>
    /// <param name="settings">Hyperparameters.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    public static void Step<T>(
        Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> velocity, in SgdSettings<T> settings,
        KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatKernel.Check("SGD", "the gradient", gradients.Length, parameters.Length);
        FlatKernel.Check("SGD", "the velocity", velocity.Length, parameters.Length, optional: T.IsZero(settings.Momentum));
        fixed (T* p = parameters, g = gradients, v = velocity)
        {
            var rule = new Rule<T> { Parameters = p, Gradients = g, Velocity = v, Settings = settings };
            FlatKernel.Run<T, Rule<T>>(rule, parameters.Length, team, variant);
        }
    }

    private struct Rule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Parameters, Gradients, Velocity;
        public SgdSettings<T> Settings;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            TVector negativeRate = TSimd.Broadcast(-Settings.LearningRate), decay = TSimd.Broadcast(Settings.WeightDecay);
            TVector momentum = TSimd.Broadcast(Settings.Momentum), fresh = TSimd.Broadcast(T.One - Settings.Dampening);
            bool hasMomentum = !T.IsZero(Settings.Momentum), hasDecay = !T.IsZero(Settings.WeightDecay), nesterov = Settings.Nesterov;
            T* p = Parameters, g = Gradients, v = Velocity;
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector parameter = TSimd.Load(p + i), gradient = TSimd.Load(g + i);
                if (hasDecay)
                    gradient = TSimd.MultiplyAdd(decay, parameter, gradient);
                if (hasMomentum)
                {
                    TVector velocity = TSimd.MultiplyAdd(momentum, TSimd.Load(v + i), TSimd.Multiply(fresh, gradient));
                    TSimd.Store(v + i, velocity);
                    gradient = nesterov ? TSimd.MultiplyAdd(momentum, velocity, gradient) : velocity;
                }

                TSimd.Store(p + i, TSimd.MultiplyAdd(negativeRate, gradient, parameter));
            }

            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }
    }
}
