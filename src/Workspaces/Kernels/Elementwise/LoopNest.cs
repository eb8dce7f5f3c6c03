using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// The loops over up to 5 strided operands of one shape. Dimensions of size 1 are dropped, the others sorted so that operand 0 (the
/// destination) is walked forwards, and neighbours merged where that is possible in all operands; what remains innermost is the run that a
/// kernel does at once.
/// </summary>
/// <remarks>
/// <code>
/// [8, 1, 4, 16] contiguous + bias [16]     ->  32 runs of 16, strides (1, 1, 0)
/// [8, 1, 4, 16] contiguous + contiguous    ->  1 run of 512, strides (1, 1, 1)
/// </code>
/// </remarks>
internal struct LoopNest
{
    /// <summary>The most dimensions a shape can have.</summary>
    public const int MaxRank = 8;

    private const int MaxOperands = 5;

    private readonly int _operands;
    private int _rank;
    private PerDimension _extents;
    private PerDimensionAndOperand _strides;
    private PerDimension _index;
    private PerOperand _offsets;
    private bool _started;

    private LoopNest(ReadOnlySpan<long> shape, int operands)
    {
        if (shape.Length > MaxRank)
            ThrowRank(shape.Length);
        _operands = operands;
        _rank = shape.Length;
        for (int d = 0; d < shape.Length; d++)
        {
            if (shape[d] < 0)
                ThrowNegative(d, shape[d]);
            _extents[d] = shape[d];
            IsEmpty |= shape[d] == 0;
        }
    }

    /// <summary>Whether the shape has no elements.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Elements of a run, at least 1.</summary>
    public readonly int Run => _rank == 0 ? 1 : (int)_extents[_rank - 1];

    /// <summary>Loops over one operand.</summary>
    public static LoopNest Create(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides0, long length0)
    {
        var nest = new LoopNest(shape, 1);
        nest.Set(0, strides0, length0);
        return nest.Simplify();
    }

    /// <summary>Loops over two operands; lengths are those of their spans.</summary>
    public static LoopNest Create(
        ReadOnlySpan<long> shape, ReadOnlySpan<long> strides0, long length0, ReadOnlySpan<long> strides1, long length1)
    {
        var nest = new LoopNest(shape, 2);
        nest.Set(0, strides0, length0);
        nest.Set(1, strides1, length1);
        return nest.Simplify();
    }

    /// <summary>Loops over three operands.</summary>
    public static LoopNest Create(
        ReadOnlySpan<long> shape, ReadOnlySpan<long> strides0, long length0, ReadOnlySpan<long> strides1, long length1,
        ReadOnlySpan<long> strides2, long length2)
    {
        var nest = new LoopNest(shape, 3);
        nest.Set(0, strides0, length0);
        nest.Set(1, strides1, length1);
        nest.Set(2, strides2, length2);
        return nest.Simplify();
    }

    /// <summary>Loops over four operands.</summary>
    public static LoopNest Create(
        ReadOnlySpan<long> shape, ReadOnlySpan<long> strides0, long length0, ReadOnlySpan<long> strides1, long length1,
        ReadOnlySpan<long> strides2, long length2, ReadOnlySpan<long> strides3, long length3)
    {
        var nest = new LoopNest(shape, 4);
        nest.Set(0, strides0, length0);
        nest.Set(1, strides1, length1);
        nest.Set(2, strides2, length2);
        nest.Set(3, strides3, length3);
        return nest.Simplify();
    }

    /// <summary>Loops over five operands.</summary>
    public static LoopNest Create(
        ReadOnlySpan<long> shape, ReadOnlySpan<long> strides0, long length0, ReadOnlySpan<long> strides1, long length1,
        ReadOnlySpan<long> strides2, long length2, ReadOnlySpan<long> strides3, long length3, ReadOnlySpan<long> strides4, long length4)
    {
        var nest = new LoopNest(shape, 5);
        nest.Set(0, strides0, length0);
        nest.Set(1, strides1, length1);
        nest.Set(2, strides2, length2);
        nest.Set(3, strides3, length3);
        nest.Set(4, strides4, length4);
        return nest.Simplify();
    }

    /// <summary>Elements from one element of a run to the next; 1 when a run has one element.</summary>
    public readonly int RunStride(int operand) => _rank == 0 ? 1 : (int)_strides[(operand * MaxRank) + _rank - 1];

    /// <summary>Where the current run begins in an operand.</summary>
    public readonly int Offset(int operand) => (int)_offsets[operand];

    /// <summary>Goes to the first or next run; false after the last.</summary>
    public bool Next()
    {
        if (!_started)
        {
            _started = true;
            return !IsEmpty;
        }

        for (int d = _rank - 2; d >= 0; d--)
        {
            if (++_index[d] < _extents[d])
            {
                for (int o = 0; o < _operands; o++)
                    _offsets[o] += _strides[(o * MaxRank) + d];
                return true;
            }

            _index[d] = 0;
            for (int o = 0; o < _operands; o++)
                _offsets[o] -= _strides[(o * MaxRank) + d] * (_extents[d] - 1);
        }

        return false;
    }

    /// <summary>Back to before the first run.</summary>
    public void Restart()
    {
        _started = false;
        _index = default;
        _offsets = default;
    }

    private void Set(int operand, ReadOnlySpan<long> strides, long length)
    {
        if (strides.Length != _rank)
            ThrowStrides(operand, strides.Length, _rank);
        long last = 0;
        for (int d = 0; d < _rank; d++)
        {
            if (strides[d] < 0)
                ThrowNegative(d, strides[d]);
            _strides[(operand * MaxRank) + d] = strides[d];
            last = IsEmpty ? -1 : checked(last + (strides[d] * (_extents[d] - 1)));
        }

        if (last >= length)
            ThrowExtent(operand, last + 1, length);
    }

    private readonly LoopNest Simplify()
    {
        LoopNest nest = this;
        if (!IsEmpty)
        {
            int rank = nest.DropAndSort();
            nest._rank = nest.Merge(rank);
        }

        return nest;
    }

    private int DropAndSort()
    {
        int rank = 0;
        for (int d = 0; d < _rank; d++)
        {
            if (_extents[d] == 1)
                continue;
            int at = rank++;
            Move(d, at);
            for (; at > 0 && _strides[at - 1] < _strides[at]; at--)
                Swap(at - 1, at);
        }

        return rank;
    }

    private int Merge(int rank)
    {
        int last = 0;
        for (int d = 1; d < rank; d++)
        {
            bool whole = _extents[last] * _extents[d] <= int.MaxValue;
            for (int o = 0; o < _operands; o++)
                whole &= _strides[(o * MaxRank) + last] == _strides[(o * MaxRank) + d] * _extents[d];
            long extent = _extents[d] * (whole ? _extents[last] : 1);
            Move(d, whole ? last : ++last);
            _extents[last] = extent;
        }

        return Math.Min(rank, last + 1);
    }

    private void Move(int from, int to)
    {
        _extents[to] = _extents[from];
        for (int o = 0; o < _operands; o++)
            _strides[(o * MaxRank) + to] = _strides[(o * MaxRank) + from];
    }

    private void Swap(int a, int b)
    {
        (_extents[a], _extents[b]) = (_extents[b], _extents[a]);
        for (int o = 0; o < _operands; o++)
        {
            int first = o * MaxRank;
            (_strides[first + a], _strides[first + b]) = (_strides[first + b], _strides[first + a]);
        }
    }

    [DoesNotReturn]
    private static void ThrowRank(int rank) => throw new ArgumentException(
        $"Kernel loops: a shape of {rank} dimensions was given, kernels take at most {MaxRank}. Merge dimensions first.", nameof(rank));

    [DoesNotReturn]
    private static void ThrowNegative(int dimension, long value) => throw new ArgumentOutOfRangeException(
        nameof(value), value, $"Kernel loops: extent or stride of dimension {dimension} is negative; kernels take 0 and more.");

    [DoesNotReturn]
    private static void ThrowStrides(int operand, int strides, int rank) => throw new ArgumentException(
        $"Kernel loops: operand {operand} has {strides} strides for a shape of {rank} dimensions; give one per dimension.",
        nameof(strides));

    [DoesNotReturn]
    private static void ThrowExtent(int operand, long need, long length) => throw new ArgumentException(
        $"Kernel loops: operand {operand} (0 is the destination) reaches over {need} elements, but its span has {length}. " +
        "Begin the span at the first element and let it cover the last.", nameof(length));

    [InlineArray(MaxRank)]
    private struct PerDimension
    {
        private long _element0;
    }

    [InlineArray(MaxOperands)]
    private struct PerOperand
    {
        private long _element0;
    }

    [InlineArray(MaxRank * MaxOperands)]
    private struct PerDimensionAndOperand
    {
        private long _element0;
    }
}
