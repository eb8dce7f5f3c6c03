using System.Numerics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// Adds the sums of slices that a <see cref="WeightJob{T, TVector, TSimd}"/> has left, in their order, and writes or adds them to the weight, whose taps are
/// ordered by channels first. Parts have channels of their own.
/// </summary>
internal readonly unsafe struct WeightSums<T, TVector, TSimd> : ISlotJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Parts for each thread.</summary>
    private const int PartsPerSlot = 2;

    private readonly ConvolutionCall<T> _call;
    private readonly ConvolutionShape _sizes;
    private readonly T* _sums;

    public WeightSums(in ConvolutionCall<T> call, T* sums)
    {
        _call = call;
        _sizes = call.Shape;
        _sums = sums;
        Parts = call.Slots == 1 ? 1 : Math.Min(_sizes.GroupChannels, PartsPerSlot * call.Slots);
    }

    /// <summary>Into how many parts it falls.</summary>
    public int Parts { get; }

    /// <inheritdoc/>
    public void Execute(int part, int slot)
    {
        int channels = _sizes.GroupChannels, first = channels * part / Parts, end = channels * (part + 1) / Parts;
        int lanes = WeightBlocks.Lanes(_sizes), width = _sizes.Window.Width * lanes;
        long slice = WeightBlocks.SumsLength(_sizes);
        for (int group = 0; group < _sizes.Groups; group++)
        {
            for (int ky = 0; ky < _sizes.Window.Height; ky++)
            {
                T* sums = _sums + ((long)group * _sizes.Depth * lanes) + ((((long)ky * channels) + first) * width);
                for (int i = 1; i < _call.Items; i++) Columns<T, TVector, TSimd>.AddRun(sums + (i * slice), sums, (long)(end - first) * width);
                for (int channel = first; channel < end; channel++, sums += width) Turn(sums, lanes, group, channel, ky);
            }
        }
    }

    /// <summary>A row of the window.</summary>
    private void Turn(T* sums, int lanes, int group, int channel, int ky)
    {
        PlaneWindow window = _sizes.Window;
        T* weight = _call.Weight + ((long)group * _sizes.GroupFilters * _sizes.Depth) + (((channel * window.Height) + ky) * window.Width);
        for (int kx = 0; kx < window.Width; kx++, weight++, sums += lanes)
        {
            for (int f = 0; f < _sizes.GroupFilters; f++)
            {
                T* target = weight + ((long)f * _sizes.Depth);
                *target = _call.Accumulate ? *target + sums[f] : sums[f];
            }
        }
    }
}
