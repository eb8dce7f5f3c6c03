using System.Numerics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The gradient of the weight for few filters: registers hold neighbouring positions of one filter, where <see cref="WeightJob{T, TVector, TSimd}"/> would
/// leave most lanes empty. Slices of the batch are summed apart and added in order, so the bits do not depend on the number of threads.
/// </summary>
internal unsafe struct PlaneSumJob<T, TVector, TSimd> : ISlotJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    private readonly ConvolutionCall<T> _call;
    private readonly ConvolutionShape _sizes;
    private readonly DirectShape _shape;
    private readonly int _tileFilters;
    private readonly T* _sums;

    public PlaneSumJob(in ConvolutionCall<T> call)
    {
        _call = call;
        _sizes = call.Shape;
        _shape = DirectShape.Of(_sizes, ConvolutionPass.Forward);
        int tiles = ((_sizes.GroupFilters - 1) / PlaneSumKernel<T, TVector, TSimd>.Filters) + 1;
        _tileFilters = ((_sizes.GroupFilters - 1) / tiles) + 1;
        _sums = call.Scratch + ConvolutionNeeds.Round(_sizes.Depth);
        _shape.Places((int*)call.Scratch);
    }

    /// <inheritdoc/>
    public readonly void Execute(int part, int slot)
    {
        T* padded = _call.SlotScratch(slot);
        T* sums = Sums(part);
        new Span<T>(sums, checked((int)PlaneSumBlocks.SumsLength(_sizes))).Clear();
        int last = _sizes.FirstSample(part + 1, _call.Items);
        for (int sample = _sizes.FirstSample(part, _call.Items); sample < last; sample++)
        {
            for (int group = 0; group < _sizes.Groups; group++) Add(sample, group, padded, sums + GroupOffset(group));
        }
    }

    /// <summary>The sums of all slices and lanes, in the layout of the weight.</summary>
    public readonly void Finish()
    {
        for (int slice = 1; slice < _call.Items; slice++) Columns<T, TVector, TSimd>.AddRun(Sums(slice), _sums, PlaneSumBlocks.SumsLength(_sizes));
        PlaneWindow window = _sizes.Window;
        int filters = _sizes.GroupFilters, channels = _sizes.GroupChannels;
        for (int group = 0; group < _sizes.Groups; group++)
        {
            T* sums = _sums + GroupOffset(group), weight = _call.Weight + ((long)group * filters * _sizes.Depth);
            for (int tap = 0; tap < _sizes.Depth; tap++)
            {
                // Taps are ordered by rows of the window here, and by channels in the weight.
                int ky = tap / window.Width / channels, c = tap / window.Width % channels, kx = tap % window.Width;
                T* target = weight + (((c * window.Height) + ky) * window.Width) + kx;
                for (int f = 0; f < filters; f++, sums += TSimd.Count, target += _sizes.Depth)
                {
                    T sum = TSimd.Sum(TSimd.Load(sums));
                    *target = _call.Accumulate ? *target + sum : sum;
                }
            }
        }
    }

    private readonly void Add(int sample, int group, T* padded, T* sums)
    {
        int filters = _sizes.GroupFilters;
        T* input = _call.Input + ((((long)sample * _sizes.Channels) + ((long)group * _sizes.GroupChannels)) * _sizes.Plane);
        T* gradient = _call.Output + ((((long)sample * _sizes.Filters) + ((long)group * filters)) * _sizes.Positions);
        var tile = new PlaneSumTile<T>
        {
            X = padded, StepY = (nint)_shape.Window.StrideY * _shape.Pitch, Width = _sizes.OutWidth, Plane = _sizes.Positions, TapStep = filters * TSimd.Count,
        };
        for (int y0 = 0; y0 < _sizes.OutHeight; y0 += _shape.ChunkRows)
        {
            PaddedPlanes<T, TVector, TSimd>.Fill(_shape, input, padded, y0);
            tile.Rows = Math.Min(_shape.ChunkRows, _sizes.OutHeight - y0);
            for (int f = 0; f < filters; f += _tileFilters)
            {
                tile.DY = gradient + ((long)f * _sizes.Positions) + ((long)y0 * _sizes.OutWidth);
                for (int tap = 0; tap < _sizes.Depth; tap += PlaneSumKernel<T, TVector, TSimd>.Taps)
                {
                    tile.Places = (int*)_call.Scratch + tap;
                    tile.Sums = sums + ((((long)tap * filters) + f) * TSimd.Count);
                    PlaneSumKernel<T, TVector, TSimd>.Run(
                        Math.Min(_tileFilters, filters - f), Math.Min(PlaneSumKernel<T, TVector, TSimd>.Taps, _sizes.Depth - tap), tile);
                }
            }
        }
    }

    private readonly long GroupOffset(int group) => (long)group * _sizes.Depth * _sizes.GroupFilters * TSimd.Count;

    private readonly T* Sums(int slice) => _sums + (slice * PlaneSumBlocks.SumsLength(_sizes));
}
