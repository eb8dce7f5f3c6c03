using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The gradient of the weight with sums in registers: for some rows of a sample the gradients of the output are turned to [position, filter], and then each
/// tile of taps and filters walks over them. Slices of the batch are summed apart and added in order, so the bits do not depend on the number of threads.
/// </summary>
internal unsafe struct WeightJob<T, TVector, TSimd> : ISlotJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    private readonly ConvolutionCall<T> _call;
    private readonly ConvolutionShape _sizes;
    private readonly DirectShape _shape;
    private readonly int _lanes;
    private readonly int _tiles;
    private readonly int _tileTaps;
    private readonly T* _sums;

    public WeightJob(in ConvolutionCall<T> call)
    {
        _call = call;
        _sizes = call.Shape;
        _shape = WeightBlocks.Shape(_sizes);
        _lanes = WeightBlocks.Lanes(_sizes);
        _tiles = ((_sizes.Depth - 1) / TSimd.TileRows) + 1;
        _tileTaps = ((_sizes.Depth - 1) / _tiles) + 1;
        _sums = call.Scratch + ConvolutionNeeds.Round(_sizes.Depth);
        _shape.Places((int*)call.Scratch);
    }

    /// <inheritdoc/>
    public readonly void Execute(int part, int slot)
    {
        T* padded = _call.SlotScratch(slot), turned = padded + _shape.PlanesLength;
        T* sums = Sums(part);
        new Span<T>(sums, checked((int)WeightBlocks.SumsLength(_sizes))).Clear();
        int last = _sizes.FirstSample(part + 1, _call.Items);
        for (int sample = _sizes.FirstSample(part, _call.Items); sample < last; sample++)
        {
            for (int group = 0; group < _sizes.Groups; group++) Add(sample, group, padded, turned, sums + ((long)group * _sizes.Depth * _lanes));
        }
    }

    /// <summary>The sums of the slices, one slice after the other; <see cref="WeightSums{T, TVector, TSimd}"/> adds them.</summary>
    public readonly T* SlicesOfSums => _sums;

    private readonly void Add(int sample, int group, T* padded, T* turned, T* sums)
    {
        int filters = _sizes.GroupFilters;
        T* input = _call.Input + ((((long)sample * _sizes.Channels) + ((long)group * _sizes.GroupChannels)) * _sizes.Plane);
        T* gradient = _call.Output + ((((long)sample * _sizes.Filters) + ((long)group * filters)) * _sizes.Positions);
        for (int y0 = 0; y0 < _sizes.OutHeight; y0 += _shape.ChunkRows)
        {
            int rows = Math.Min(_shape.ChunkRows, _sizes.OutHeight - y0);
            PaddedPlanes<T, TVector, TSimd>.Fill(_shape, input, padded, y0);
            GemmPacking<T>.Transpose(gradient + ((long)y0 * _sizes.OutWidth), _sizes.Positions, filters, rows * _sizes.OutWidth, turned, _lanes);
            Tiles(rows, padded, turned, sums);
        }
    }

    /// <summary>Two registers of filters stay in L1 while all tiles of taps pass by.</summary>
    private readonly void Tiles(int rows, T* padded, T* turned, T* sums)
    {
        var tile = new WeightTile<T>
        {
            X = padded, StepX = _shape.Window.StrideX, StepY = (nint)_shape.Window.StrideY * _shape.Pitch, Rows = rows, Width = _sizes.OutWidth, Lanes = _lanes,
        };
        int used = (((_sizes.GroupFilters - 1) / TSimd.Count) + 1) * TSimd.Count;
        for (int lane = 0; lane < used; lane += 2 * TSimd.Count)
        {
            tile.DY = turned + lane;
            for (int tap = 0; tap < _sizes.Depth; tap += _tileTaps)
            {
                tile.Places = (int*)_call.Scratch + tap;
                tile.Sums = sums + ((long)tap * _lanes) + lane;
                RegisterTiles<WeightKernel<T, TVector, TSimd>, WeightTile<T>>.Run(Math.Min(_tileTaps, _sizes.Depth - tap), lane + TSimd.Count < used, tile);
            }
        }
    }

    private readonly T* Sums(int slice) => _sums + (slice * WeightBlocks.SumsLength(_sizes));
}
