using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Indexing;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>How positions of a result along an axis map to positions of the input.</summary>
internal enum AxisPattern
{
    /// <summary>From the end.</summary>
    Reverse,

    /// <summary>Over and over.</summary>
    Tile,

    /// <summary>Outside: a constant.</summary>
    Constant,

    /// <summary>Outside: mirrored.</summary>
    Reflect,

    /// <summary>Outside: the edge.</summary>
    Replicate,
}

/// <summary>Ops that put elements of one axis elsewhere by a rule: flip, tile, pad.</summary>
internal static class AxisMaps
{
    /// <summary>The result along one axis, recorded.</summary>
    internal static Tensor Run(string name, Tensor x, int axis, AxisPattern pattern, long before, long size, double fill = 0)
    {
        Tensor dense = KeptAxes.Dense(x, name), y;
        using Tensor made = Arithmetic.Made(dense, x);
        LaneShape lanes = LaneShape.Of(x.Shape, axis, name);
        using (var op = new OpScope(name, dense))
        {
            y = op.Allocate(x.DType, x.Shape.WithSize(axis, size));
            Select(op, dense, y, lanes, pattern, before, fill);
            op.Complete();
        }

        if (!Tape.Records(x)) return y;
        Node node = Tape.Record(AxisMapBackward.Instance, y, x);
        node.Number = axis;
        node.InputShape = new Shape((long)pattern, before);
        return y;
    }

    private static void Select(in OpScope op, Tensor x, Tensor y, LaneShape lanes, AxisPattern pattern, long before, double fill)
    {
        using OpScratch<long> map = op.Scratch<long>((int)y.Shape[lanes.Axis]);
        if (!op.Computes) return;
        Fill(map.Span, lanes.Size, pattern, before);
        switch (x.DType)
        {
            case DType.F32: AxisKernels.Select(op.ReadSpan<float>(x), op.WriteSpan<float>(y), map.Span, lanes.Size, lanes.Inner, (float)fill); break;
            case DType.F64: AxisKernels.Select(op.ReadSpan<double>(x), op.WriteSpan<double>(y), map.Span, lanes.Size, lanes.Inner, fill); break;
            case DType.I32: AxisKernels.Select(op.ReadSpan<int>(x), op.WriteSpan<int>(y), map.Span, lanes.Size, lanes.Inner, (int)fill); break;
            case DType.I64: AxisKernels.Select(op.ReadSpan<long>(x), op.WriteSpan<long>(y), map.Span, lanes.Size, lanes.Inner, (long)fill); break;
            default: AxisKernels.Select(op.ReadSpan<byte>(x), op.WriteSpan<byte>(y), map.Span, lanes.Size, lanes.Inner, (byte)fill); break;
        }
    }

    private static void Fill(Span<long> map, int n, AxisPattern pattern, long before)
    {
        for (int i = 0; i < map.Length; i++)
        {
            long at = i - before;
            map[i] = pattern switch
            {
                AxisPattern.Reverse => n - 1 - i,
                AxisPattern.Tile => i % n,
                AxisPattern.Constant => at >= n ? -1 : at,
                AxisPattern.Reflect => at < 0 ? -at : at >= n ? (2 * (n - 1)) - at : at,
                _ => Math.Clamp(at, 0, n - 1),
            };
        }
    }

    /// <summary>Each element of dy added where it came from.</summary>
    private sealed class AxisMapBackward : Differential
    {
        internal static readonly AxisMapBackward Instance = new();

        internal override string Name => "Pad";

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = KeptAxes.Dense(context.Gradient, Name);
            using Tensor made = Arithmetic.Made(dY, context.Gradient);
            context.SendOwned(0, Run(context.Node, dY));
        }

        private Tensor Run(Node node, Tensor dY)
        {
            LaneShape lanes = LaneShape.Of(node[0].Shape, (int)node.Number, Name);
            using var op = new OpScope(Name, dY);
            Tensor dX = op.Allocate(dY.DType, node[0].Shape);
            AddBack(op, node, dY, dX, lanes);
            op.Complete();
            return dX;
        }

        private static void AddBack(in OpScope op, Node node, Tensor dY, Tensor dX, LaneShape lanes)
        {
            using OpScratch<long> map = op.Scratch<long>((int)dY.Shape[lanes.Axis]);
            if (!op.Computes) return;
            Fill(map.Span, lanes.Size, (AxisPattern)node.InputShape[0], node.InputShape[1]);
            if (dY.DType == DType.F32) AxisKernels.AddBack(op.ReadSpan<float>(dY), op.WriteSpan<float>(dX), map.Span, lanes.Size, lanes.Inner);
            else AxisKernels.AddBack(op.ReadSpan<double>(dY), op.WriteSpan<double>(dX), map.Span, lanes.Size, lanes.Inner);
        }
    }
}
