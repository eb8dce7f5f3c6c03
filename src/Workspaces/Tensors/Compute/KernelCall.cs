using System.Numerics;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Team;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors.Compute;

/// <summary>The operands of an elementwise kernel: one or two inputs (the second may be a number) and a destination, over one shape.</summary>
internal readonly ref struct KernelCall
{
    private readonly Tensor _a;
    private readonly Tensor _b;
    private readonly Tensor _destination;
    private readonly double _scalar;
    private readonly Shape _shape;
    private readonly KernelTeam? _team;

    private KernelCall(Tensor a, Tensor b, double scalar, Tensor destination, KernelTeam? team = null)
    {
        _team = team;
        _a = a;
        _b = b;
        _scalar = scalar;
        _destination = destination;
        _shape = destination.Shape;
    }

    internal static KernelCall Unary(Tensor x, Tensor destination) => new(x, default, 0, destination);

    internal static KernelCall Binary(Tensor a, Tensor b, Tensor destination) => new(a, b, 0, destination);

    internal static KernelCall WithScalar(Tensor a, double scalar, Tensor destination) => new(a, default, scalar, destination);

    /// <summary>The call on the threads that are worth it for its size.</summary>
    internal KernelCall On(Frame frame)
    {
        int inputs = _b.HeaderOrNull is null ? 1 : 2;
        KernelTeam? team = OpTeams.For(frame, _shape.Length * _a.DType.SizeInBytes * (inputs + 1));
        return new KernelCall(_a, _b, _scalar, _destination, team);
    }

    /// <summary>Runs an operation of one input.</summary>
    internal void Unary<T, TOperation>()
        where T : unmanaged
        where TOperation : IUnaryOperation<T>
    {
        if (IsDense(_a))
        {
            DenseLoop.Unary<T, TOperation>(Span<T>(_a), Span<T>(_destination), _team);
            return;
        }

        Layout a = _a.Layout.BroadcastTo(_shape), d = _destination.Layout;
        Elementwise.Unary<T, TOperation>(Span<T>(_a), a.Strides.AsSpan(), Span<T>(_destination), d.Strides.AsSpan(), _shape.AsSpan());
    }

    /// <summary>Runs an operation of two inputs, or of one and a number.</summary>
    internal void Binary<T, TOperation>()
        where T : unmanaged, INumberBase<T>
        where TOperation : IBinaryOperation<T>
    {
        if (_b.HeaderOrNull is not null && IsDense(_a) && IsDense(_b))
        {
            DenseLoop.Binary<T, TOperation>(Span<T>(_a), Span<T>(_b), Span<T>(_destination), _team);
            return;
        }

        Layout a = _a.Layout.BroadcastTo(_shape), d = _destination.Layout;
        if (_b.HeaderOrNull is null)
        {
            T scalar = T.CreateChecked(_scalar);
            Strides none = default(Shape).Rank == _shape.Rank ? default : Layout.Contiguous(new Shape()).BroadcastTo(_shape).Strides;
            Elementwise.Binary<T, TOperation>(
                Span<T>(_a), a.Strides.AsSpan(), new ReadOnlySpan<T>(in scalar), none.AsSpan(), Span<T>(_destination), d.Strides.AsSpan(), _shape.AsSpan());
            return;
        }

        Layout b = _b.Layout.BroadcastTo(_shape);
        Elementwise.Binary<T, TOperation>(
            Span<T>(_a), a.Strides.AsSpan(), Span<T>(_b), b.Strides.AsSpan(), Span<T>(_destination), d.Strides.AsSpan(), _shape.AsSpan());
    }

    /// <summary>Runs a comparison of two inputs, or of one and a number, into a bool destination.</summary>
    internal void Compare<T, TComparison>()
        where T : unmanaged, INumberBase<T>
        where TComparison : IComparison<T>
    {
        Layout a = _a.Layout.BroadcastTo(_shape), d = _destination.Layout;
        if (_b.HeaderOrNull is null)
        {
            T scalar = T.CreateChecked(_scalar);
            Strides none = Layout.Contiguous(new Shape()).BroadcastTo(_shape).Strides;
            Elementwise.Compare<T, TComparison>(
                Span<T>(_a), a.Strides.AsSpan(), new ReadOnlySpan<T>(in scalar), none.AsSpan(), Span<byte>(_destination), d.Strides.AsSpan(), _shape.AsSpan());
            return;
        }

        Layout b = _b.Layout.BroadcastTo(_shape);
        Elementwise.Compare<T, TComparison>(
            Span<T>(_a), a.Strides.AsSpan(), Span<T>(_b), b.Strides.AsSpan(), Span<byte>(_destination), d.Strides.AsSpan(), _shape.AsSpan());
    }

    /// <summary>Whether an input lies as the destination does, each element behind the one before.</summary>
    private bool IsDense(Tensor input) => input.Layout.IsContiguous && _destination.Layout.IsContiguous && input.Shape == _shape;

    /// <summary>The op has checked its operands; the second check follows when it completes.</summary>
    private static Span<T> Span<T>(Tensor tensor)
        where T : unmanaged => TensorMemory.Span<T>(tensor.Checked("run a kernel"));
}
