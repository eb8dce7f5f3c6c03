using System.Numerics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>Forward passes and input gradients with sums in registers; see <see cref="DirectShape"/>. Parts write different rows.</summary>
internal unsafe struct DirectJob<T, TVector, TSimd> : ISlotJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    private readonly ConvolutionCall<T> _call;
    private readonly DirectShape _shape;
    private readonly int _groups;
    private readonly int _tilePlanes;
    private readonly int _tiles;
    private readonly T* _weights;

    public DirectJob(in ConvolutionCall<T> call)
    {
        _call = call;
        _shape = DirectShape.Of(call.Shape, call.Pass);
        _groups = call.Shape.Groups;
        _tiles = ((_shape.Targets - 1) / TSimd.TileRows) + 1;
        _tilePlanes = ((_shape.Targets - 1) / _tiles) + 1;
        _tiles = ((_shape.Targets - 1) / _tilePlanes) + 1;
        _weights = call.Scratch + ConvolutionNeeds.Round(_shape.Depth);
        _shape.Places((int*)call.Scratch);
        for (int group = 0; group < _groups; group++)
        {
            for (int tile = 0; tile < _tiles; tile++)
            {
                int plane = tile * _tilePlanes;
                DirectWeights<T>.Pack(
                    _shape, call, group, plane, Math.Min(_tilePlanes, _shape.Targets - plane), Panel(group, tile), TSimd.TileRows);
            }
        }
    }

    /// <inheritdoc/>
    public readonly void Execute(int part, int slot)
    {
        T* padded = _call.SlotScratch(slot);
        int chunk = part % _shape.Chunks, group = part / _shape.Chunks % _groups, sample = part / _shape.Chunks / _groups;
        int y0 = chunk * _shape.ChunkRows, y1 = Math.Min(_shape.OutHeight, y0 + _shape.ChunkRows);
        T* source = _call.Read(_shape, ((long)sample * _groups) + group), target = _call.Written(_shape, ((long)sample * _groups) + group);
        PaddedPlanes<T, TVector, TSimd>.Fill(_shape, source, padded, y0);
        Rows(group, y0, y1 - y0, padded, target + ((long)y0 * _shape.OutWidth));
    }

    /// <summary>Some rows of all planes of a group: a tile of positions meets all weights while its input is in L1.</summary>
    private readonly void Rows(int group, int y, int rows, T* padded, T* target)
    {
        int perRow = ((_shape.OutWidth - 1) / TSimd.Count) + 1, registers = rows * perRow;
        int rowTaps = _shape.Sources * _shape.Window.Width;
        var tile = new DirectTile<T> { PlaneStep = _shape.OutHeight * _shape.OutWidth, Floor = _call.Floor };
        for (int register = 0; register < registers; register += 2)
        {
            Place(register, perRow, padded, target, out tile.X0, out T* y0, out tile.Count0);
            T* y1 = y0;
            tile.Count1 = 0;
            if (register + 1 < registers) Place(register + 1, perRow, padded, target, out tile.X1, out y1, out tile.Count1);
            (int first, int end) = _shape.WindowRows(y + (register / perRow), y + (Math.Min(register + 1, registers - 1) / perRow));
            tile.Depth = (end - first) * rowTaps;
            tile.Places = (int*)_call.Scratch + (first * rowTaps);
            for (int i = 0; i < _tiles; i++)
            {
                int plane = i * _tilePlanes;
                tile.Weights = Panel(group, i) + ((long)first * rowTaps * TSimd.TileRows);
                tile.Bias = _call.Bias == null ? null : _call.Bias + (group * _shape.Targets) + plane;
                tile.Y0 = y0 + (plane * tile.PlaneStep);
                tile.Y1 = y1 + (plane * tile.PlaneStep);
                RegisterTiles<DirectKernel<T, TVector, TSimd>, DirectTile<T>>.Run(Math.Min(_tilePlanes, _shape.Targets - plane), tile.Count1 > 0, tile);
            }
        }
    }

    private readonly void Place(int register, int perRow, T* padded, T* target, out T* x, out T* y, out int count)
    {
        int row = register / perRow, column = register % perRow * TSimd.Count;
        x = padded + ((long)row * _shape.Window.StrideY * _shape.Pitch) + column;
        y = target + ((long)row * _shape.OutWidth) + column;
        count = Math.Min(TSimd.Count, _shape.OutWidth - column);
    }

    private readonly T* Panel(int group, int tile) => _weights + (((long)group * _tiles) + tile) * _shape.Depth * TSimd.TileRows;
}
