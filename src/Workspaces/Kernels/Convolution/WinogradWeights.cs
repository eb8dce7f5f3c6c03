using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// What <see cref="WinogradJob{T, TVector, TSimd}"/> multiplies with: the weight with targets next to each other, and its transforms. The window of an input
/// gradient is turned by 180 degrees. Parts have sources of their own.
/// </summary>
internal readonly unsafe struct WinogradWeights<T, TVector, TSimd> : ISlotJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Parts for each thread.</summary>
    private const int PartsPerSlot = 4;

    private readonly ConvolutionCall<T> _call;
    private readonly WinogradShape _shape;

    public WinogradWeights(in ConvolutionCall<T> call)
    {
        _call = call;
        _shape = WinogradShape.Of(call.Shape, call.Pass);
        Parts = call.Slots == 1 ? 1 : Math.Min(_shape.Sources, PartsPerSlot * call.Slots);
    }

    /// <summary>Into how many parts it falls.</summary>
    public int Parts { get; }

    private bool IsForward => _call.Pass == ConvolutionPass.Forward;

    /// <inheritdoc/>
    public void Execute(int part, int slot)
    {
        const int taps = WinogradShape.Taps;
        int lanes = _shape.TargetLanes, first = _shape.Sources * part / Parts, end = _shape.Sources * (part + 1) / Parts;
        T* turned = _call.Scratch, transforms = turned + _shape.TurnedLength, tile = _call.SlotScratch(slot);
        Turn(turned, first, end);
        for (int s = first; s < end; s++)
        {
            T* window = turned + ((long)s * taps * lanes) + (IsForward ? 0 : (taps - 1) * lanes);
            for (int lane = 0; lane < lanes; lane += TSimd.Count)
            {
                WinogradTransforms<T, TVector, TSimd>.Weight(
                    window + lane, IsForward ? lanes : -lanes, transforms + ((long)s * lanes) + lane, _shape.WeightStep, tile);
            }
        }
    }

    private void Turn(T* turned, int first, int end)
    {
        const int taps = WinogradShape.Taps;
        int lanes = _shape.TargetLanes;
        if (IsForward)
        {
            GemmPacking<T>.Transpose(
                _call.Weight + (first * taps), _shape.Sources * taps, _shape.Targets, (end - first) * taps, turned + ((long)first * taps * lanes), lanes);
            return;
        }

        for (int s = first; s < end; s++)
            GemmPacking<T>.Transpose(_call.Weight + ((long)s * _shape.Targets * taps), taps, _shape.Targets, taps, turned + ((long)s * taps * lanes), lanes);
    }
}
