using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Rows;

/// <summary>
/// Layer norm (Ba, Kiros and Hinton 2016) and RMS norm (Zhang and Sennrich 2019) of contiguous [rows, columns] data, with a factor and a
/// summand for each column. The backward half computes mean and deviation of a row again, so that nothing but the input has to be kept.
/// What happens to a row, and how its sums are formed, is in <see cref="RowNormKernel{T,TVector,TSimd}"/>.
/// </summary>
internal static unsafe class RowNorm
{
    /// <summary>Rows are cut into at most so many parts whatever the number of threads, which fixes the order of sums over rows.</summary>
    private const int MostParts = 16;

    /// <summary>Buffers of one row that a part needs on the way back: dWeight and dBias.</summary>
    private const int Buffers = 2;

    /// <summary>Scratch that <see cref="Backward{T}"/> needs, in elements.</summary>
    public static int ScratchLength(int rows, int columns) => checked(Buffers * columns * Parts(rows));

    /// <summary>y = (x - mean) / sqrt(variance + epsilon) weight + bias, row by row; without centring, mean is 0.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="weight">[columns], or empty for 1.</param>
    /// <param name="bias">[columns], or empty for 0.</param>
    /// <param name="y">[rows, columns]; not <paramref name="x"/>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="centered">True for layer norm, false for RMS norm.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    public static void Forward<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, Span<T> y, int rows, int columns, double epsilon, bool centered, KernelTeam? team,
        KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Softmax.Check(rows, columns, x.Length, y.Length, y.Length);
        CheckColumns(columns, weight.Length, bias.Length);
        if (rows == 0 || columns == 0)
            return;
        fixed (T* px = x, pWeight = weight, pBias = bias, py = y)
        {
            var operands = new RowNormOperands<T> { X = px, Weight = pWeight, Bias = pBias, Y = py, Columns = columns, Epsilon = epsilon, Centered = centered };
            Dispatch(operands, rows, backward: false, team, variant);
        }
    }

    /// <summary>
    /// With n = (x - mean) r, r = 1 / sqrt(variance + epsilon) and g = dy weight: dx = r (g - mean(g) - n mean(g n)), dWeight = sum of
    /// dy n over the rows, dBias = sum of dy. Without centring, mean(g) is left out. Gradients are written, or added to what is there.
    /// </summary>
    /// <param name="x">The input of the forward half.</param>
    /// <param name="weight">[columns], or empty for 1.</param>
    /// <param name="dy">[rows, columns].</param>
    /// <param name="dx">[rows, columns], or empty when it is not wanted.</param>
    /// <param name="dWeight">[columns], or empty when it is not wanted.</param>
    /// <param name="dBias">[columns], or empty when it is not wanted.</param>
    /// <param name="settings">Sizes, and what is added to rather than written.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> elements.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    public static void Backward<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> weight, ReadOnlySpan<T> dy, Span<T> dx, Span<T> dWeight, Span<T> dBias, in RowNormSettings settings,
        Span<T> scratch, KernelTeam? team, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = settings.Columns, parts = Parts(settings.Rows);
        Softmax.Check(settings.Rows, columns, x.Length, dy.Length, dx.IsEmpty ? dy.Length : dx.Length);
        CheckColumns(columns, weight.Length, 0);
        scratch = scratch[..ScratchLength(settings.Rows, columns)];
        if (columns > 0 && settings.Rows > 0)
        {
            fixed (T* px = x, pWeight = weight, pdy = dy, pdx = dx, pScratch = scratch)
            {
                var operands = new RowNormOperands<T>
                {
                    X = px, Weight = pWeight, DY = pdy, DX = pdx, Sums = pScratch, Columns = columns, Epsilon = settings.Epsilon,
                    Centered = settings.Centered, AddToInput = settings.AddToInput,
                };
                Dispatch(operands, settings.Rows, backward: true, team, variant);
            }
        }

        AddParts(scratch, dWeight, columns, parts, buffer: 0, settings.AddToWeight);
        AddParts(scratch, dBias, columns, parts, buffer: 1, settings.AddToBias);
    }

    private static int Parts(int rows) => Math.Min(rows, MostParts);

    private static void Dispatch<T>(in RowNormOperands<T> operands, int rows, bool backward, KernelTeam? team, KernelVariant variant)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (KernelSelection.Resolve(variant))
        {
            case KernelVariant.Vector512:
                Run<T, Vector512<T>, Simd512<T>>(operands, rows, backward, team);
                break;
            case KernelVariant.Vector256:
                Run<T, Vector256<T>, Simd256<T>>(operands, rows, backward, team);
                break;
            case KernelVariant.Vector128:
                Run<T, Vector128<T>, Simd128<T>>(operands, rows, backward, team);
                break;
            default:
                Run<T, T, SimdScalar<T>>(operands, rows, backward, team);
                break;
        }
    }

    private static void Run<T, TVector, TSimd>(in RowNormOperands<T> operands, int rows, bool backward, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : ISimd<T, TVector>
    {
        var job = new Job<T, TVector, TSimd> { Operands = operands, Rows = rows, Parts = Parts(rows), Backward = backward };
        if (team is not null)
        {
            team.Run(job.Parts, ref job);
            return;
        }

        for (int part = 0; part < job.Parts; part++)
            job.Execute(part);
    }

    private static void AddParts<T>(ReadOnlySpan<T> scratch, Span<T> destination, int columns, int parts, int buffer, bool add)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (destination.IsEmpty)
            return;
        if (!add)
            destination.Clear();
        for (int part = 0; part < parts; part++)
            TensorPrimitives.Add(destination, scratch.Slice(((part * Buffers) + buffer) * columns, columns), destination);
    }

    private static void CheckColumns(int columns, int weight, int bias)
    {
        if ((weight != 0 && weight != columns) || (bias != 0 && bias != columns))
            ThrowColumns(columns, weight, bias);
    }

    [DoesNotReturn]
    private static void ThrowColumns(int columns, int weight, int bias) => throw new ArgumentException(
        $"Row norm of {columns} columns got {weight} factors and {bias} summands. Pass one for each column, or none.", nameof(columns));

    /// <summary>A run of rows per part.</summary>
    private struct Job<T, TVector, TSimd> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : ISimd<T, TVector>
    {
        public RowNormOperands<T> Operands;
        public int Rows, Parts;
        public bool Backward;

        public readonly void Execute(int part)
        {
            int first = (int)((long)Rows * part / Parts), end = (int)((long)Rows * (part + 1) / Parts), columns = Operands.Columns;
            if (!Backward)
            {
                for (int r = first; r < end; r++)
                    RowNormKernel<T, TVector, TSimd>.Forward(Operands, (nint)r * columns);
                return;
            }

            T* dWeight = Operands.Sums + ((nint)part * Buffers * columns), dBias = dWeight + columns;
            new Span<T>(dWeight, Buffers * columns).Clear();
            for (int r = first; r < end; r++)
                RowNormKernel<T, TVector, TSimd>.Backward(Operands, (nint)r * columns, dWeight, dBias);
        }
    }
}
