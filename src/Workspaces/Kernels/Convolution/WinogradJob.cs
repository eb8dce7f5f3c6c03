using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// Forward passes and input gradients by Winograd's algorithm, see <see cref="WinogradShape"/>. An element that is not finite would spread over its whole
/// tile, so a block with one in its result is computed again, tap by tap. Parts write different rows. <see cref="WinogradWeights{T, TVector, TSimd}"/> comes before it.
/// </summary>
internal unsafe struct WinogradJob<T, TVector, TSimd> : ISlotJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    private readonly ConvolutionCall<T> _call;
    private readonly WinogradShape _shape;
    private readonly T* _turned;
    private readonly T* _weights;

    public WinogradJob(in ConvolutionCall<T> call)
    {
        _call = call;
        _shape = WinogradShape.Of(call.Shape, call.Pass);
        _turned = call.Scratch;
        _weights = _turned + _shape.TurnedLength;
    }

    private readonly bool IsForward => _call.Pass == ConvolutionPass.Forward;

    private readonly int Panel => 2 * TSimd.Count;

    /// <inheritdoc/>
    public readonly void Execute(int part, int slot) =>
        Block(part / _shape.Blocks, part % _shape.Blocks * _shape.BlockRows, _call.SlotScratch(slot));

    private readonly void Block(int sample, int tileRow, T* padded)
    {
        int rows = Math.Min(_shape.BlockRows, _shape.TilesY - tileRow), y0 = tileRow * WinogradShape.Tile;
        T* transforms = padded + _shape.PaddedLength, products = transforms + _shape.InputLength, tile = products + (WinogradShape.Points * (long)_shape.ProductStep);
        T* source = (IsForward ? _call.Input : _call.Output) + ((long)sample * _shape.Sources * _shape.Height * _shape.Width);
        T* target = (IsForward ? _call.Output : _call.Input) + ((long)sample * _shape.Targets * _shape.OutHeight * _shape.OutWidth);
        Pad(source, y0, padded);
        Spread(rows, padded, transforms, tile);
        Multiply(rows * _shape.TilesX, transforms, products);
        int outRows = Math.Min(rows * WinogradShape.Tile, _shape.OutHeight - y0);
        if (!Gather(rows, products, transforms, tile)) Direct(outRows, padded, transforms);
        for (int y = 0; y < outRows; y++)
        {
            GemmPacking<T>.Turn(
                transforms + ((long)y * _shape.OutPitch), _shape.TargetLanes, _shape.OutWidth, _shape.Targets, target + ((long)(y0 + y) * _shape.OutWidth),
                _shape.OutHeight * _shape.OutWidth);
        }
    }

    private readonly void Pad(T* source, int y0, T* padded)
    {
        new Span<T>(padded, _shape.PaddedLength).Clear();
        int top = y0 - _shape.PaddingY, plane = _shape.Height * _shape.Width, room = (_shape.Pitch / _shape.SourceLanes) - _shape.PaddingX;
        int first = Math.Max(0, top), end = Math.Min(_shape.Height, top + (_shape.PaddedLength / _shape.Pitch));
        for (int row = first; row < end; row++)
        {
            GemmPacking<T>.Transpose(
                source + ((long)row * _shape.Width), plane, _shape.Sources, Math.Min(_shape.Width, room),
                padded + ((long)(row - top) * _shape.Pitch) + ((long)_shape.PaddingX * _shape.SourceLanes), _shape.SourceLanes);
        }
    }

    private readonly void Spread(int rows, T* padded, T* transforms, T* tile)
    {
        int lanes = _shape.SourceLanes, step = WinogradShape.Tile * lanes;
        for (int y = 0; y < rows; y++, padded += WinogradShape.Tile * _shape.Pitch)
        {
            for (int x = 0; x < _shape.TilesX; x++, transforms += lanes)
            {
                for (int lane = 0; lane < lanes; lane += TSimd.Count)
                    WinogradTransforms<T, TVector, TSimd>.Input(padded + (x * step) + lane, _shape.Pitch, lanes, transforms + lane, _shape.InputStep, tile);
            }
        }
    }

    /// <summary>36 products: registers of weights stay in L1 while the tiles pass by.</summary>
    private readonly void Multiply(int tiles, T* transforms, T* products)
    {
        int sources = _shape.SourceLanes, targets = _shape.TargetLanes;
        for (int point = 0; point < WinogradShape.Points; point++)
        {
            T* a = transforms + ((long)point * _shape.InputStep), b = _weights + ((long)point * _shape.WeightStep), c = products + ((long)point * _shape.ProductStep);
            for (int lane = 0; lane < targets; lane += Panel)
            {
                for (int tile = 0; tile < tiles; tile += TSimd.TileRows)
                {
                    GemmMicroKernel<T, TVector, TSimd>.Run(
                        Math.Min(TSimd.TileRows, tiles - tile), Math.Min(Panel, targets - lane), _shape.Sources, a + ((long)tile * sources), sources, 1,
                        b + lane, targets, c + ((long)tile * targets) + lane, targets, null, 0);
                }
            }
        }
    }

    /// <summary>The output of the block; false when an element of it is not finite.</summary>
    private readonly bool Gather(int rows, T* products, T* output, T* tile)
    {
        int lanes = _shape.TargetLanes, step = WinogradShape.Tile * lanes;
        TVector faults = TSimd.Zero, floor = TSimd.Broadcast(_call.Floor);
        for (int lane = 0; lane < lanes; lane += TSimd.Count)
        {
            TVector bias = Bias(lane);
            T* product = products + lane;
            for (int y = 0; y < rows; y++)
            {
                T* row = output + ((long)y * WinogradShape.Tile * _shape.OutPitch) + lane;
                for (int x = 0; x < _shape.TilesX; x++, product += lanes)
                    faults = WinogradTransforms<T, TVector, TSimd>.Output(product, _shape.ProductStep, bias, floor, row + (x * step), _shape.OutPitch, lanes, tile, faults);
            }
        }

        return TSimd.Sum(faults) == T.Zero;
    }

    /// <summary>The output of the block, tap by tap.</summary>
    private readonly void Direct(int rows, T* padded, T* output)
    {
        int sources = _shape.SourceLanes, targets = _shape.TargetLanes;
        for (int lane = 0; lane < targets; lane += Panel)
        {
            int columns = Math.Min(Panel, targets - lane);
            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < _shape.OutWidth; x += TSimd.TileRows)
                {
                    int count = Math.Min(TSimd.TileRows, _shape.OutWidth - x);
                    T* c = output + ((long)y * _shape.OutPitch) + ((long)x * targets) + lane;
                    for (int tap = 0; tap < WinogradShape.Taps; tap++)
                    {
                        T* a = padded + ((long)(y + (tap / 3)) * _shape.Pitch) + ((long)(x + (tap % 3)) * sources);
                        T* b = _turned + ((long)(IsForward ? tap : WinogradShape.Taps - 1 - tap) * targets) + lane;
                        GemmMicroKernel<T, TVector, TSimd>.Run(
                            count, columns, _shape.Sources, a, sources, 1, b, WinogradShape.Taps * targets, c, targets, tap > 0 ? c : null, targets);
                    }

                    for (int i = 0; i < count; i++)
                    {
                        for (int j = 0; j < columns; j += TSimd.Count)
                        {
                            TVector sum = TSimd.Add(TSimd.Load(c + (i * targets) + j), Bias(lane + j));
                            TSimd.Store(c + (i * targets) + j, TSimd.Max(sum, TSimd.Broadcast(_call.Floor)));
                        }
                    }
                }
            }
        }
    }

    private readonly TVector Bias(int lane) => _call.Bias == null || lane >= _shape.Targets
        ? TSimd.Zero
        : TSimd.LoadPartial(_call.Bias + lane, Math.Min(TSimd.Count, _shape.Targets - lane));
}
