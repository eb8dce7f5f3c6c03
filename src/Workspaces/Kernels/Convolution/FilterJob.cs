using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// Forward passes and input gradients whose registers hold the planes that are written, for rows that would leave lanes empty and for steps of more than one
/// column; results are turned to planes at the end. Parts write different rows.
/// </summary>
internal unsafe struct FilterJob<T, TVector, TSimd> : ISlotJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    private readonly ConvolutionCall<T> _call;
    private readonly DirectShape _shape;
    private readonly int _groups;
    private readonly int _lanes;
    private readonly T* _weights;

    public FilterJob(in ConvolutionCall<T> call)
    {
        _call = call;
        _shape = DirectShape.Of(call.Shape, call.Pass);
        _groups = call.Shape.Groups;
        _lanes = FilterBlocks.Lanes(_shape);
        _weights = call.Scratch + ConvolutionNeeds.Round(_shape.Depth);
        _shape.Places((int*)call.Scratch);
        for (int group = 0; group < _groups; group++)
        {
            T* bias = Weights(group);
            new Span<T>(bias, _lanes).Clear();
            if (call.Bias != null) new Span<T>(call.Bias + ((long)group * _shape.Targets), _shape.Targets).CopyTo(new Span<T>(bias, _shape.Targets));
            DirectWeights<T>.Pack(_shape, call, group, 0, _shape.Targets, bias + _lanes, _lanes);
        }
    }

    /// <inheritdoc/>
    public readonly void Execute(int part, int slot)
    {
        T* padded = _call.SlotScratch(slot), results = padded + _shape.PlanesLength;
        int chunk = part % _shape.Chunks, group = part / _shape.Chunks % _groups, sample = part / _shape.Chunks / _groups;
        int y0 = chunk * _shape.ChunkRows, rows = Math.Min(_shape.OutHeight, y0 + _shape.ChunkRows) - y0, positions = rows * _shape.OutWidth;
        T* source = _call.Read(_shape, ((long)sample * _groups) + group), target = _call.Written(_shape, ((long)sample * _groups) + group);
        PaddedPlanes<T, TVector, TSimd>.Fill(_shape, source, padded, y0);
        int used = (((_shape.Targets - 1) / TSimd.Count) + 1) * TSimd.Count, single = HasRowTiles(rows) ? used % (2 * TSimd.Count) : 0;
        if (used > single) Tiles(group, used - single, positions, padded, results);
        if (single > 0) RowTiles(group, used - single, rows, padded, results);
        GemmPacking<T>.Turn(results, _lanes, positions, _shape.Targets, target + ((long)y0 * _shape.OutWidth), _shape.OutHeight * _shape.OutWidth);
    }

    /// <summary>Whether a single register of planes is computed for neighbouring positions of two rows: where that makes as many chains as positions wherever they lie.</summary>
    private readonly bool HasRowTiles(int rows) => TSimd.TileRows >= 8 && _shape.Window.StrideX == 1 && Math.Min(rows, 2) * _shape.OutWidth >= TSimd.TileRows;

    /// <summary>Planes up to <paramref name="used"/>, up to two registers at a time, of as many positions as a tile has rows, wherever they lie.</summary>
    private readonly void Tiles(int group, int used, int positions, T* padded, T* results)
    {
        T** x = stackalloc T*[8];
        var tile = new FilterTile<T> { X = x, Places = (int*)_call.Scratch, Depth = _shape.Depth, Lanes = _lanes, Floor = _call.Floor };
        int row = 0, column = 0;
        for (int position = 0; position < positions; position += TSimd.TileRows)
        {
            int count = Math.Min(TSimd.TileRows, positions - position);
            for (int i = 0; i < count; i++)
            {
                x[i] = padded + ((long)row * _shape.Window.StrideY * _shape.Pitch) + ((long)column * _shape.Window.StrideX);
                if (++column < _shape.OutWidth) continue;
                column = 0;
                row++;
            }

            for (int lane = 0; lane < used; lane += 2 * TSimd.Count)
            {
                tile.Bias = Weights(group) + lane;
                tile.Weights = tile.Bias + _lanes;
                tile.Y = results + ((long)position * _lanes) + lane;
                RegisterTiles<FilterKernel<T, TVector, TSimd>, FilterTile<T>>.Run(count, lane + TSimd.Count < used, tile);
            }
        }
    }

    /// <summary>The register of planes from <paramref name="lane"/> on, of neighbouring positions of two rows at a time.</summary>
    private readonly void RowTiles(int group, int lane, int rows, T* padded, T* results)
    {
        T* bias = Weights(group) + lane;
        nint stepX = (nint)_shape.Window.StrideY * _shape.Pitch, stepY = (nint)_shape.OutWidth * _lanes;
        var tile = new FilterRowsTile<T>
        {
            StepX = stepX, Places = (int*)_call.Scratch, Depth = _shape.Depth, Weights = bias + _lanes, Bias = bias, Floor = _call.Floor, StepY = stepY, Lanes = _lanes,
        };
        int tiles = ((_shape.OutWidth - 1) / FilterRowsKernel<T, TVector, TSimd>.MostPositions) + 1, width = ((_shape.OutWidth - 1) / tiles) + 1;
        for (int row = 0; row < rows; row += 2)
        {
            for (int column = 0; column < _shape.OutWidth; column += width)
            {
                tile.X = padded + (row * stepX) + column;
                tile.Y = results + (row * stepY) + ((nint)column * _lanes) + lane;
                FilterRowsKernel<T, TVector, TSimd>.Run(Math.Min(width, _shape.OutWidth - column), row + 1 < rows, tile);
            }
        }
    }

    /// <summary>The bias of a group, and behind it its weights.</summary>
    private readonly T* Weights(int group) => _weights + ((long)group * (_shape.Depth + 1) * _lanes);
}
