using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// Convolution as products of matrices, a group of a sample and some rows of the output at a time:
/// <code>
///   Forward        Y  = W · columns(X)
///   BackwardInput  dX = columns⁻¹(Wᵀ · dY), which adds what overlaps
///   BackwardWeight dW = Σ dY · columns(X)ᵀ
/// </code>
/// Parts share nothing that they write, and every sum has one order, so the bits do not depend on the number of threads.
/// </summary>
internal unsafe struct ColumnsJob<T, TVector, TSimd> : ISlotJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    private readonly ConvolutionCall<T> _call;
    private readonly ConvolutionShape _shape;
    private readonly int _rows;
    private readonly int _chunks;
    private readonly int _items;
    private readonly long _columnsLength;

    public ColumnsJob(in ConvolutionCall<T> call)
    {
        _call = call;
        _shape = call.Shape;
        _rows = _shape.RowsPerChunk<T>();
        _chunks = ((_shape.OutHeight - 1) / _rows) + 1;
        _items = call.Items;
        _columnsLength = ColumnBlocks.Length<T>(_shape);
    }

    /// <inheritdoc/>
    public readonly void Execute(int part, int slot)
    {
        T* columns = _call.SlotScratch(slot);
        switch (_call.Pass)
        {
            case ConvolutionPass.Forward:
                Forward(part / _chunks / _shape.Groups, part / _chunks % _shape.Groups, part % _chunks, columns);
                break;
            case ConvolutionPass.BackwardInput:
                BackwardInput(part / _shape.Groups, part % _shape.Groups, columns);
                break;
            default:
                BackwardWeight(part, columns);
                break;
        }
    }

    private readonly void Forward(int sample, int group, int chunk, T* columns)
    {
        int y0 = chunk * _rows, y1 = Math.Min(_shape.OutHeight, y0 + _rows), width = (y1 - y0) * _shape.OutWidth;
        int filters = _shape.GroupFilters, firstFilter = group * filters;
        T* output = Output(sample, group) + ((long)y0 * _shape.OutWidth);
        if (_call.Bias != null)
        {
            for (int f = 0; f < filters; f++) new Span<T>(output + ((long)f * _shape.Positions), width).Fill(_call.Bias[firstFilter + f]);
        }

        T* source = ColumnsOf(sample, group, y0, y1, columns, out int ld);
        Multiply(
            filters, width, _shape.Depth, Weight(_call.Weight, group), _shape.Depth, false, source, ld, false,
            output, _shape.Positions, _call.Bias != null, columns);
        if (_call.Floor == T.Zero) Rectifier<T, TVector, TSimd>.Rows(output, _shape.Positions, filters, width);
    }

    private readonly void BackwardInput(int sample, int group, T* columns)
    {
        int channels = _shape.GroupChannels, depth = _shape.Depth;
        bool direct = _shape.IsPointwise;
        T* planes = Input(sample, group), gradient = Output(sample, group);
        for (int c = 0; c < channels; c++)
        {
            var plane = new Span<T>(planes + ((long)c * _shape.Plane), _shape.Plane);
            if (_call.Bias != null) plane.Fill(_call.Bias[(group * channels) + c]);
            else if (!direct) plane.Clear();
        }

        for (int y0 = 0; y0 < _shape.OutHeight; y0 += _rows)
        {
            int y1 = Math.Min(_shape.OutHeight, y0 + _rows), width = (y1 - y0) * _shape.OutWidth;
            T* target = direct ? planes : columns;
            Multiply(
                depth, width, _shape.GroupFilters, Weight(_call.Weight, group), depth, true, gradient + ((long)y0 * _shape.OutWidth), _shape.Positions, false,
                target, direct ? _shape.Plane : width, direct && _call.Bias != null, columns);
            if (!direct) Columns<T, TVector, TSimd>.ScatterAdd(_shape, planes, columns, y0, y1);
        }
    }

    /// <summary>The sum over one slice of the batch; slice 0 goes to its destination at once.</summary>
    private readonly void BackwardWeight(int slice, T* columns)
    {
        int begin = _shape.FirstSample(slice, _items), end = _shape.FirstSample(slice + 1, _items);
        T* sum = slice == 0 ? _call.Weight : Partial(slice);
        bool started = slice == 0 && _call.Accumulate;
        for (int sample = begin; sample < end; sample++)
        {
            for (int group = 0; group < _shape.Groups; group++)
            {
                for (int y0 = 0; y0 < _shape.OutHeight; y0 += _rows)
                {
                    int y1 = Math.Min(_shape.OutHeight, y0 + _rows), width = (y1 - y0) * _shape.OutWidth;
                    T* source = ColumnsOf(sample, group, y0, y1, columns, out int ld);
                    Multiply(
                        _shape.GroupFilters, _shape.Depth, width, Output(sample, group) + ((long)y0 * _shape.OutWidth), _shape.Positions, false, source, ld, true,
                        Weight(sum, group), _shape.Depth, started || sample > begin || y0 > 0, columns);
                }
            }
        }
    }

    /// <summary>Adds the sums of the slices of a weight gradient.</summary>
    public readonly void Finish()
    {
        for (int slice = 1; slice < _items; slice++) Columns<T, TVector, TSimd>.AddRun(Partial(slice), _call.Weight, _shape.WeightLength);
    }

    private readonly T* ColumnsOf(int sample, int group, int y0, int y1, T* columns, out int leadingDimension)
    {
        T* planes = Input(sample, group);
        leadingDimension = _shape.IsPointwise ? _shape.Plane : (y1 - y0) * _shape.OutWidth;
        if (_shape.IsPointwise) return planes + ((long)y0 * _shape.OutWidth);
        Columns<T, TVector, TSimd>.Gather(_shape, planes, columns, y0, y1);
        return columns;
    }

    private readonly T* Input(int sample, int group) => _call.Input + ((((long)sample * _shape.Channels) + ((long)group * _shape.GroupChannels)) * _shape.Plane);

    private readonly T* Output(int sample, int group) => _call.Output + ((((long)sample * _shape.Filters) + ((long)group * _shape.GroupFilters)) * _shape.Positions);

    private readonly T* Weight(T* weight, int group) => weight + ((long)group * _shape.GroupFilters * _shape.Depth);

    private readonly T* Partial(int slice) => _call.Scratch + ((slice - 1) * _shape.WeightLength);

    /// <summary>A product of this thread alone; its panels lie behind the columns.</summary>
    private readonly void Multiply(
        int m, int n, int k, T* a, int lda, bool transposeA, T* b, int ldb, bool transposeB, T* c, int ldc, bool accumulate, T* columns)
    {
        int panels = (int)(_call.Needs.Part - _columnsLength);
        Gemm.Gemm.Multiply(
            m, n, k, Stored(a, transposeA ? k : m, transposeA ? m : k, lda), lda, transposeA, Stored(b, transposeB ? n : k, transposeB ? k : n, ldb), ldb, transposeB,
            new Span<T>(c, Extent(m, n, ldc)), ldc, accumulate, new Span<T>(columns + _columnsLength, panels), team: null, TSimd.Count == 1 ? KernelVariant.Scalar : Variant);
    }

    private static KernelVariant Variant => (KernelVariant)(8 * sizeof(TVector));

    private static ReadOnlySpan<T> Stored(T* matrix, int rows, int columns, int ld) => new(matrix, Extent(rows, columns, ld));

    private static int Extent(int rows, int columns, int ld) => rows == 0 || columns == 0 ? 0 : (int)Math.Min(int.MaxValue, ((rows - 1L) * ld) + columns);
}
