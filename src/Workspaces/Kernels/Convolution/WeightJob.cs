using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The gradient of the weight with sums in registers: for some rows of a sample the gradients of the output are turned to [position, filter], and then each
/// tile of taps and filters walks over them. Slices of the batch are summed apart and added in order, so the bits do not depend on the number of threads.
/// </summary>
internal unsafe struct WeightJob<T, TVector, TSimd> : IKernelJob
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
    public readonly void Execute(int part)
    {
        (int first, int end) = _call.Range(part);
        T* padded = _call.PartScratch(part), turned = padded + _shape.PlanesLength;
        for (int slice = first; slice < end; slice++)
        {
            T* sums = Sums(slice);
            new Span<T>(sums, checked((int)WeightBlocks.SumsLength(_sizes))).Clear();
            int last = _sizes.FirstSample(slice + 1, _call.Items);
            for (int sample = _sizes.FirstSample(slice, _call.Items); sample < last; sample++)
            {
                for (int group = 0; group < _sizes.Groups; group++) Add(sample, group, padded, turned, sums + ((long)group * _sizes.Depth * _lanes));
            }
        }
    }

    /// <summary>The sums of all slices, turned to the layout of the weight.</summary>
    public readonly void Finish()
    {
        long length = WeightBlocks.SumsLength(_sizes);
        for (int slice = 1; slice < _call.Items; slice++) Columns<T, TVector, TSimd>.AddRun(Sums(slice), _sums, length);
        for (int group = 0; group < _sizes.Groups; group++) Turn(_sums + ((long)group * _sizes.Depth * _lanes), group * _sizes.GroupFilters);
    }

    /// <summary>Writes or adds the sums of a group to the weight, whose taps are ordered by channels first.</summary>
    private readonly void Turn(T* sums, int firstFilter)
    {
        PlaneWindow window = _sizes.Window;
        for (int ky = 0; ky < window.Height; ky++)
        {
            for (int c = 0; c < _sizes.GroupChannels; c++)
            {
                T* weight = _call.Weight + ((long)firstFilter * _sizes.Depth) + (((c * window.Height) + ky) * window.Width);
                for (int kx = 0; kx < window.Width; kx++, weight++, sums += _lanes)
                {
                    for (int f = 0; f < _sizes.GroupFilters; f++)
                    {
                        T* target = weight + ((long)f * _sizes.Depth);
                        *target = _call.Accumulate ? *target + sums[f] : sums[f];
                    }
                }
            }
        }
    }

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
