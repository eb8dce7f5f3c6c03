using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>Convolution of channels-first arrays in f32 and f64: Chellapilla, Puri and Simard, "High performance convolutional neural networks", 2006.</summary>
internal static unsafe class Convolution
{
    /// <summary>y = conv(x, w) + bias, or the larger of that and 0.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">[Batch, Channels, Height, Width].</param>
    /// <param name="w">[Filters, Channels / Groups, Window.Height, Window.Width].</param>
    /// <param name="bias">[Filters], or empty.</param>
    /// <param name="y">[Batch, Filters, OutHeight, OutWidth].</param>
    /// <param name="scratch">At least <see cref="ConvolutionScratch.Length{T}"/> elements.</param>
    /// <param name="team">Threads, or null.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    /// <param name="rectified">True for the larger of each result and 0; not a number stays one.</param>
    /// <exception cref="ArgumentException">A span has another length than the sizes say.</exception>
    public static void Forward<T>(
        in ConvolutionShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<T> bias, Span<T> y, Span<T> scratch, KernelTeam? team = null,
        KernelVariant variant = KernelVariant.Automatic, bool rectified = false)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(shape, x.Length, w.Length, y.Length, bias.Length, shape.Filters);
        fixed (T* px = x, pw = w, pb = bias, py = y, ps = scratch)
        {
            var call = new ConvolutionCall<T> { Pass = ConvolutionPass.Forward, Input = px, Weight = pw, Bias = pb, Output = py, Scratch = ps };
            call.Floor = rectified ? T.Zero : T.NegativeInfinity;
            Run(ref call, shape, scratch.Length, team, variant);
        }
    }

    /// <summary>dx = convᵀ(dy, w); with a bias, the forward half of a transposed convolution.</summary>
    /// <param name="shape">The sizes of the convolution whose gradient it is.</param>
    /// <param name="dy">[Batch, Filters, OutHeight, OutWidth].</param>
    /// <param name="w">The weight.</param>
    /// <param name="bias">[Channels], or empty.</param>
    /// <param name="dx">[Batch, Channels, Height, Width].</param>
    /// <param name="scratch">At least <see cref="ConvolutionScratch.Length{T}"/> elements.</param>
    /// <param name="team">Threads, or null.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    /// <exception cref="ArgumentException">A span has another length than the sizes say.</exception>
    public static void BackwardInput<T>(
        in ConvolutionShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<T> w, ReadOnlySpan<T> bias, Span<T> dx, Span<T> scratch,
        KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(shape, dx.Length, w.Length, dy.Length, bias.Length, shape.Channels);
        fixed (T* px = dx, pw = w, pb = bias, py = dy, ps = scratch)
        {
            var call = new ConvolutionCall<T>
            {
                Pass = ConvolutionPass.BackwardInput, Input = px, Weight = pw, Bias = pb, Output = py, Scratch = ps, Floor = T.NegativeInfinity,
            };
            if (shape.IsEmpty) FillEmpty(shape, dx, bias);
            Run(ref call, shape, scratch.Length, team, variant);
        }
    }

    /// <summary>dw = Σ dy · columns(x)ᵀ, or what is in dw plus that.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">The input.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="dw">The gradient of the weight.</param>
    /// <param name="accumulate">True to add to dw.</param>
    /// <param name="scratch">At least <see cref="ConvolutionScratch.Length{T}"/> elements.</param>
    /// <param name="team">Threads, or null.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    /// <exception cref="ArgumentException">A span has another length than the sizes say.</exception>
    public static void BackwardWeight<T>(
        in ConvolutionShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dw, bool accumulate, Span<T> scratch, KernelTeam? team = null,
        KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(shape, x.Length, dw.Length, dy.Length, 0, 0);
        fixed (T* px = x, pw = dw, py = dy, ps = scratch)
        {
            var call = new ConvolutionCall<T>
            {
                Pass = ConvolutionPass.BackwardWeight, Input = px, Weight = pw, Output = py, Accumulate = accumulate, Scratch = ps,
            };
            if (shape.IsEmpty && !accumulate) dw.Clear();
            Run(ref call, shape, scratch.Length, team, variant);
        }
    }

    private static void Run<T>(ref ConvolutionCall<T> call, in ConvolutionShape shape, int scratch, KernelTeam? team, KernelVariant variant)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (shape.IsEmpty) return;
        call.Shape = shape;
        call.Needs = ConvolutionScratch.Of<T>(shape, call.Pass);
        call.Slots = ConvolutionScratch.Slots(shape, call.Needs, team?.Threads ?? 1);
        long need = call.Needs.Shared + (call.Slots * call.Needs.Part);
        if (scratch < need) ThrowScratch(shape, scratch, need);
        switch (KernelSelection.Resolve(variant))
        {
            case KernelVariant.Vector512:
                ConvolutionRun<T, Vector512<T>, Simd512<T>>.Run(call, team);
                break;
            case KernelVariant.Vector256:
                ConvolutionRun<T, Vector256<T>, Simd256<T>>.Run(call, team);
                break;
            case KernelVariant.Vector128:
                ConvolutionRun<T, Vector128<T>, Simd128<T>>.Run(call, team);
                break;
            default:
                ConvolutionRun<T, T, SimdScalar<T>>.Run(call, team);
                break;
        }
    }

    /// <summary>No position of the output reaches the input: its gradient is 0, a transposed convolution its bias.</summary>
    private static void FillEmpty<T>(in ConvolutionShape shape, Span<T> dx, ReadOnlySpan<T> bias)
        where T : unmanaged
    {
        if (dx.IsEmpty) return;
        dx.Clear();
        for (int plane = 0; plane < shape.Batch * shape.Channels && !bias.IsEmpty; plane++)
            dx.Slice(plane * shape.Plane, shape.Plane).Fill(bias[plane % shape.Channels]);
    }

    private static void Check(in ConvolutionShape s, int input, int weight, int output, int bias, int biased)
    {
        if (input != (long)s.Batch * s.Channels * s.Plane || output != (long)s.Batch * s.Filters * s.Positions || weight != s.WeightLength
            || (bias != 0 && bias != biased))
            ThrowLengths(s, input, weight, output, bias);
    }

    [DoesNotReturn]
    private static void ThrowLengths(in ConvolutionShape shape, int input, int weight, int output, int bias) => throw new ArgumentException(
        $"Convolution {shape} got an input of {input} elements, a weight of {weight}, an output of {output} and a bias of {bias}. " +
        "Give spans that are as long as the sizes say.");

    [DoesNotReturn]
    private static void ThrowScratch(in ConvolutionShape shape, int length, long need) => throw new ArgumentException(
        $"Convolution {shape} needs {need} elements of scratch, got {length}. Ask ConvolutionScratch.Length with the team's threads.");
}
