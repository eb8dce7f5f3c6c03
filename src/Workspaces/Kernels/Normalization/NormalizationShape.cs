using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Kernels.Normalization;

/// <summary>
/// Which elements of [Batch, Channels, Inner] are normalised together. A set consists of runs of Inner elements:
/// <code>
///   across the batch (batch norm):  set c      = runs (0, c) (1, c) … (Batch - 1, c)
///   groups (group norm):            set (n, g) = runs (n, c) of the channels of group g
/// </code>
/// </summary>
internal readonly record struct NormalizationShape
{
    /// <summary>Samples.</summary>
    public int Batch { get; init; }

    /// <summary>Channels.</summary>
    public int Channels { get; init; }

    /// <summary>Elements of a channel of a sample.</summary>
    public int Inner { get; init; }

    /// <summary>Groups of channels of a sample; 0 to normalise each channel across the batch.</summary>
    public int Groups { get; init; }

    /// <summary>Number of sets, which each have a mean and a deviation.</summary>
    public int Sets => Groups == 0 ? Channels : Batch * Groups;

    /// <summary>Runs of a set.</summary>
    public int Runs => Groups == 0 ? Batch : Channels / Groups;

    /// <summary>Elements of a set.</summary>
    public long SetLength => (long)Runs * Inner;

    /// <summary>All elements.</summary>
    public long Length => (long)Batch * Channels * Inner;

    /// <summary>Number of a run among all, counted by sample and channel.</summary>
    public int RunOf(int set, int run) => Groups == 0 ? (run * Channels) + set : (set * Runs) + run;

    /// <summary>Throws unless spans have as many elements as the sizes say.</summary>
    public void Check(int x, int y, int mean, int deviation)
    {
        if (x != Length || y != Length || mean != Sets || deviation != Sets) Throw(x, y, mean, deviation);
    }

    [DoesNotReturn]
    private void Throw(int x, int y, int mean, int deviation) => throw new ArgumentException(
        $"Normalization {this} got {x} and {y} elements, {mean} means and {deviation} deviations. Give spans that are as long as the sizes say.");
}
