using System.Numerics;
using Workspaces.Kernels.Normalization;

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
    public static void Run<T>(int channels, int inner, ReadOnlySpan<T> x, Span<T> target, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int channel = 0; channel < channels; channel++)
        {
            double sum = 0;
            for (long offset = (long)channel * inner; offset + inner <= x.Length && inner > 0; offset += (long)channels * inner)
                sum += RunSums.Sum(x.Slice((int)offset, inner));
            target[channel] = accumulate ? target[channel] + T.CreateTruncating(sum) : T.CreateTruncating(sum);
        }
    }
}
