using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Autograd;
using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;
using ConvolutionKernel = Workspaces.Kernels.Convolution.Convolution;

namespace Workspaces.Ops;

/// <summary>The products of a convolution as ops on contiguous tensors, without the tape.</summary>
internal static class ConvolutionRuns
{
    /// <summary>Multiply-adds in the time of an element's sum, whose rows lie apart.</summary>
    private const int SumWork = 8;

    /// <summary>The sizes of a convolution from input to output.</summary>
    internal static ConvolutionShape ShapeOf(in Shape input, in Shape weight, in Shape output, in PlaneWindow window, int groups) => new()
    {
        Batch = (int)input[0], Channels = (int)input[1], Height = input.Rank == 4 ? (int)input[2] : 1, Width = (int)input[-1],
        Filters = (int)weight[0], OutHeight = output.Rank == 4 ? (int)output[2] : 1, OutWidth = (int)output[-1], Groups = groups, Window = window,
    };

    internal static Tensor Dense(Tensor x, string name) => x.Layout.IsContiguous ? x : Arithmetic.Copy(x, name);

    /// <summary>A new tensor conv(x, weight) + bias, or the larger of that and 0; the bias may be a default tensor.</summary>
    internal static Tensor Forward(string name, Tensor x, Tensor weight, Tensor bias, in ConvolutionShape shape, in Shape result, bool rectified = false)
    {
        bool biased = bias.HeaderOrNull is not null;
        using OpScope op = biased ? new OpScope(name, x, weight, bias) : new OpScope(name, x, weight);
        Tensor y = op.Allocate(x.DType, result);
        if (x.DType == DType.F32) Forward<float>(op, x, weight, bias, y, shape, rectified);
        else Forward<double>(op, x, weight, bias, y, shape, rectified);
        op.Complete();
        return y;
    }

    /// <summary>A new tensor convᵀ(dY, weight) + bias; the bias may be a default tensor.</summary>
    internal static Tensor InputGradient(string name, Tensor dY, Tensor weight, Tensor bias, in ConvolutionShape shape, in Shape result)
    {
        bool biased = bias.HeaderOrNull is not null;
        using OpScope op = biased ? new OpScope(name, dY, weight, bias) : new OpScope(name, dY, weight);
        Tensor dX = op.Allocate(dY.DType, result);
        if (dY.DType == DType.F32) InputGradient<float>(op, dY, weight, bias, dX, shape);
        else InputGradient<double>(op, dY, weight, bias, dX, shape);
        op.Complete();
        return dX;
    }

    /// <summary>Writes or adds Σ dY · columns(x)ᵀ.</summary>
    internal static void WeightGradient(string name, Tensor x, Tensor dY, Tensor target, bool accumulate, in ConvolutionShape shape)
    {
        using var op = new OpScope(name, x, dY, target);
        op.BeginWrite(target, mayBeLeaf: true);
        if (x.DType == DType.F32) WeightGradient<float>(op, x, dY, target, accumulate, shape);
        else WeightGradient<double>(op, x, dY, target, accumulate, shape);
        op.Complete();
    }

    /// <summary>Sends the sums over samples and positions to the third input, if there is one that wants them.</summary>
    internal static void SendBias(in BackwardContext context, string name, Tensor dY)
    {
        if (context.Node.Inputs < 3 || !context.WantsGradient(2)) return;
        Tensor target = context.Target(2, context.Node[2].Shape, out bool accumulate);
        using var op = new OpScope(name, dY, target);
        op.BeginWrite(target, mayBeLeaf: true);
        int channels = (int)dY.Shape[1], inner = dY.Rank == 4 ? (int)(dY.Shape[2] * dY.Shape[3]) : (int)dY.Shape[2];
        KernelTeam? team = ComputeTeams.For(op.Frame, dY.Length * dY.DType.SizeInBytes, dY.Length * SumWork);
        if (op.Computes && dY.DType == DType.F32) ChannelSums.Run(channels, inner, op.ReadSpan<float>(dY), op.WriteSpan<float>(target), accumulate, team);
        else if (op.Computes) ChannelSums.Run(channels, inner, op.ReadSpan<double>(dY), op.WriteSpan<double>(target), accumulate, team);
        op.Complete();
    }

    private static void Forward<T>(in OpScope op, Tensor x, Tensor weight, Tensor bias, Tensor y, in ConvolutionShape shape, bool rectified)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        KernelTeam? team = Team<T>(op, shape, ConvolutionPass.Forward);
        using OpScratch<T> scratch = op.Scratch<T>(ConvolutionScratch.Length<T>(shape, ConvolutionPass.Forward, team?.Threads ?? 1));
        op.CountWork(shape.Work);
        if (!op.Computes) return;
        ReadOnlySpan<T> shift = bias.HeaderOrNull is null ? default : op.ReadSpan<T>(bias);
        ConvolutionKernel.Forward(shape, op.ReadSpan<T>(x), op.ReadSpan<T>(weight), shift, op.WriteSpan<T>(y), scratch.Span, team, rectified: rectified);
    }

    private static void InputGradient<T>(in OpScope op, Tensor dY, Tensor weight, Tensor bias, Tensor dX, in ConvolutionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        KernelTeam? team = Team<T>(op, shape, ConvolutionPass.BackwardInput);
        using OpScratch<T> scratch = op.Scratch<T>(ConvolutionScratch.Length<T>(shape, ConvolutionPass.BackwardInput, team?.Threads ?? 1));
        op.CountWork(shape.Work);
        if (!op.Computes) return;
        ReadOnlySpan<T> shift = bias.HeaderOrNull is null ? default : op.ReadSpan<T>(bias);
        ConvolutionKernel.BackwardInput(shape, op.ReadSpan<T>(dY), op.ReadSpan<T>(weight), shift, op.WriteSpan<T>(dX), scratch.Span, team);
    }

    private static void WeightGradient<T>(in OpScope op, Tensor x, Tensor dY, Tensor target, bool accumulate, in ConvolutionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        KernelTeam? team = Team<T>(op, shape, ConvolutionPass.BackwardWeight);
        using OpScratch<T> scratch = op.Scratch<T>(ConvolutionScratch.Length<T>(shape, ConvolutionPass.BackwardWeight, team?.Threads ?? 1));
        op.CountWork(shape.Work);
        if (!op.Computes) return;
        ConvolutionKernel.BackwardWeight(shape, op.ReadSpan<T>(x), op.ReadSpan<T>(dY), op.WriteSpan<T>(target), accumulate, scratch.Span, team);
    }

    private static KernelTeam? Team<T>(in OpScope op, in ConvolutionShape s, ConvolutionPass pass)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long planes = s.Batch * (((long)s.Channels * s.Plane) + ((long)s.Filters * s.Positions)), shared = s.IsEmpty ? 0 : ConvolutionScratch.Of<T>(s, pass).Shared;
        return ComputeTeams.For(op.Frame, Unsafe.SizeOf<T>() * planes, s.Work, exchanged: Unsafe.SizeOf<T>() * shared);
    }
}
