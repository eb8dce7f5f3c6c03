using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Runs functions and maps of float elements as ops.</summary>
internal static class Maps
{
    /// <summary>A function of each element, recorded.</summary>
    internal static Tensor Differentiable<TFunction>(string name, Tensor x, double first = 0, double second = 0)
        where TFunction : struct, IDifferentiableFunction<TFunction>
    {
        Tensor y = Value<TFunction>(name, x, first, second);
        if (!Tape.Records(x)) return y;
        Node node = Tape.Record(MapBackward<TFunction>.Instance, y, x).Save(0, TFunction.FromValue ? y : x);
        node.Factor = first;
        node.Number = BitConverter.DoubleToInt64Bits(second);
        return y;
    }

    /// <summary>A function of each element, not recorded.</summary>
    internal static Tensor Value<TFunction>(string name, Tensor x, double first = 0, double second = 0)
        where TFunction : struct, IFunction<TFunction> => Run(name, new ValueMap<TFunction>(TFunction.Of(first, second)), x);

    /// <summary>A function of each element, written over it: for a result that its maker hands over and nobody else reads, while nothing is recorded.</summary>
    /// <returns>The same tensor.</returns>
    internal static Tensor Over<TFunction>(string name, Tensor x)
        where TFunction : struct, IFunction<TFunction>
    {
        using var op = new OpScope(name, x);
        Dispatch.RequireFloat(x, name);
        op.BeginWrite(x);
        if (op.Computes) Compute(op, new ValueMap<TFunction>(TFunction.Of(0, 0)), x, default, default, default, x);
        op.Complete();
        return x;
    }

    /// <summary>A map of as many float tensors of one type as it takes, broadcast.</summary>
    internal static Tensor Run<TMap>(string name, TMap map, Tensor a, Tensor b = default, Tensor c = default, Tensor d = default)
        where TMap : struct, IVectorMap
    {
        using OpScope op = TMap.Inputs switch
        {
            1 => new OpScope(name, a),
            2 => new OpScope(name, a, b),
            3 => new OpScope(name, a, b, c),
            _ => new OpScope(name, a, b, c, d),
        };
        Dispatch.RequireFloat(a, name);
        Shape shape = a.Shape;
        bool fits = TMap.Inputs <= 1 || Join(name, a, b, ref shape);
        if (TMap.Inputs > 2) fits = fits && Join(name, a, c, ref shape);
        if (TMap.Inputs > 3) fits = fits && Join(name, a, d, ref shape);
        if (!fits) ThrowShapes(TMap.Inputs, name, a, b, c, d);
        Tensor y = op.Allocate(a.DType, shape);
        if (op.Computes) Compute(op, map, a, b, c, d, y);
        op.Complete();
        return y;
    }

    private static void Compute<TMap>(in OpScope op, TMap map, Tensor a, Tensor b, Tensor c, Tensor d, Tensor y)
        where TMap : struct, IVectorMap
    {
        if (y.DType == DType.F32) Compute<float, TMap>(op, map, a, b, c, d, y);
        else Compute<double, TMap>(op, map, a, b, c, d, y);
    }

    private static bool Join(string name, Tensor a, Tensor other, ref Shape shape)
    {
        if (other.DType != a.DType) TensorThrow.TypesDiffer(name, a, other);
        bool fits = Broadcasting.TryShapes(shape, other.Shape, out Shape joined, name);
        shape = joined;
        return fits;
    }

    [DoesNotReturn]
    private static void ThrowShapes(int inputs, string name, Tensor a, Tensor b, Tensor c, Tensor d)
    {
        ReadOnlySpan<Tensor> operands = [a, b, c, d];
        OpThrow.Broadcast(name, operands[..inputs]);
    }

    private static void Compute<T, TMap>(in OpScope op, TMap map, Tensor a, Tensor b, Tensor c, Tensor d, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMap : struct, IVectorMap
    {
        Layout to = y.Layout;
        Shape shape = to.Shape;
        if (IsDense(a, to) && (TMap.Inputs < 2 || IsDense(b, to)) && (TMap.Inputs < 3 || IsDense(c, to)) && (TMap.Inputs < 4 || IsDense(d, to)))
        {
            Dense<T, TMap>(op, map, a, b, c, d, y);
            return;
        }

        Layout la = a.Layout.BroadcastTo(shape), lb = default, lc = default, ld = default;
        var x = new MapOperands<T> { A = op.ReadSpan<T>(a), AStrides = la.Strides.AsSpan() };
        if (TMap.Inputs > 1)
        {
            lb = b.Layout.BroadcastTo(shape);
            x.B = op.ReadSpan<T>(b);
            x.BStrides = lb.Strides.AsSpan();
        }

        if (TMap.Inputs > 2)
        {
            lc = c.Layout.BroadcastTo(shape);
            x.C = op.ReadSpan<T>(c);
            x.CStrides = lc.Strides.AsSpan();
        }

        if (TMap.Inputs > 3)
        {
            ld = d.Layout.BroadcastTo(shape);
            x.D = op.ReadSpan<T>(d);
            x.DStrides = ld.Strides.AsSpan();
        }

        MapLoop.Run(map, op.WriteSpan<T>(y), to.Strides.AsSpan(), x, shape.AsSpan());
    }

    private static bool IsDense(Tensor x, in Layout to) => x.Layout.IsContiguous && to.IsContiguous && x.Shape == to.Shape;

    private static void Dense<T, TMap>(in OpScope op, TMap map, Tensor a, Tensor b, Tensor c, Tensor d, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMap : struct, IVectorMap
    {
        var x = new MapOperands<T> { A = op.ReadSpan<T>(a) };
        if (TMap.Inputs > 1) x.B = op.ReadSpan<T>(b);
        if (TMap.Inputs > 2) x.C = op.ReadSpan<T>(c);
        if (TMap.Inputs > 3) x.D = op.ReadSpan<T>(d);
        KernelTeam? team = ComputeTeams.For(op.Frame, (TMap.Inputs + 1L) * y.Length * y.DType.SizeInBytes);
        MapLoop.RunDense(map, op.WriteSpan<T>(y), x, team);
    }

    /// <summary>dx from what the function has kept, and dy.</summary>
    private sealed class MapBackward<TFunction> : Differential
        where TFunction : struct, IDifferentiableFunction<TFunction>
    {
        internal static readonly MapBackward<TFunction> Instance = new();

        internal override string Name => typeof(TFunction).Name;

        internal override void Backward(in BackwardContext context)
        {
            TFunction function = TFunction.Of(context.Node.Factor, BitConverter.Int64BitsToDouble(context.Node.Number));
            context.SendOwned(0, Run(Name, new GradientMap<TFunction>(function), context.Saved(0), context.Gradient));
        }
    }
}
