using System.Numerics;
using Workspaces.Kernels.Normalization;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>Sums over samples and positions: the gradient of a bias.</summary>
internal static class ChannelSums
{
    /// <summary>target[c] = Σ x[n, c, i], or what is there plus that; in f64.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Elements of a channel of a sample.</param>
    /// <param name="x">[n, channels, inner].</param>
    /// <param name="target">[channels].</param>
    /// <param name="accumulate">True to add to the target.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    public static void Run<T>(int channels, int inner, ReadOnlySpan<T> x, Span<T> target, bool accumulate, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var job = new Job<T> { X = x, Target = target, Channels = channels, Inner = inner, Accumulate = accumulate };
        if (team is not null) team.Run(channels, ref job);
        else
        {
            for (int channel = 0; channel < channels; channel++) job.Execute(channel);
        }
    }

    /// <summary>A channel per part.</summary>
    private ref struct Job<T> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> X;
        public Span<T> Target;
        public int Channels, Inner;
        public bool Accumulate;

        public readonly void Execute(int part)
        {
            double sum = 0;
            for (long offset = (long)part * Inner; offset + Inner <= X.Length && Inner > 0; offset += (long)Channels * Inner)
                sum += RunSums.Sum(X.Slice((int)offset, Inner));
            Target[part] = Accumulate ? Target[part] + T.CreateTruncating(sum) : T.CreateTruncating(sum);
        }
    }
}
