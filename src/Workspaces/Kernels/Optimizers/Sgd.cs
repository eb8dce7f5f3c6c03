using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>Stochastic gradient descent as in torch.optim.SGD (dampening 0), in one pass over memory.</summary>
internal static unsafe class Sgd
{
    /// <summary>g += decay p; v = momentum v + g; g = nesterov ? g + momentum v : v; p -= rate g. Without momentum v is neither read nor
    /// written.</summary>
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
            switch (KernelSelection.Resolve(variant))
            {
                case KernelVariant.Vector512:
                    Run<T, Vector512<T>, Simd512<T>>(p, g, v, settings, parameters.Length, team);
                    break;
                case KernelVariant.Vector256:
                    Run<T, Vector256<T>, Simd256<T>>(p, g, v, settings, parameters.Length, team);
                    break;
                case KernelVariant.Vector128:
                    Run<T, Vector128<T>, Simd128<T>>(p, g, v, settings, parameters.Length, team);
                    break;
                default:
                    Run<T, T, SimdScalar<T>>(p, g, v, settings, parameters.Length, team);
                    break;
            }
        }
    }

    private static void Run<T, TVector, TSimd>(T* p, T* g, T* v, in SgdSettings<T> settings, int length, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : ISimd<T, TVector>
    {
        var kernel = new Kernel<T, TVector, TSimd> { Parameters = p, Gradients = g, Velocity = v, Settings = settings };
        FlatKernel.Run(ref kernel, length, team);
    }

    private struct Kernel<T, TVector, TSimd> : IFlatKernel
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : ISimd<T, TVector>
    {
        public T* Parameters, Gradients, Velocity;
        public SgdSettings<T> Settings;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int first, int end)
        {
            TVector negativeRate = TSimd.Broadcast(-Settings.LearningRate), decay = TSimd.Broadcast(Settings.WeightDecay);
            TVector momentum = TSimd.Broadcast(Settings.Momentum);
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
                    TVector velocity = TSimd.MultiplyAdd(momentum, TSimd.Load(v + i), gradient);
                    TSimd.Store(v + i, velocity);
                    gradient = nesterov ? TSimd.MultiplyAdd(momentum, velocity, gradient) : velocity;
                }

                TSimd.Store(p + i, TSimd.MultiplyAdd(negativeRate, gradient, parameter));
            }

            if (i < end && TSimd.Count > 1)
                new Kernel<T, T, SimdScalar<T>> { Parameters = p, Gradients = g, Velocity = v, Settings = Settings }.Run(i, end);
        }
    }
}
