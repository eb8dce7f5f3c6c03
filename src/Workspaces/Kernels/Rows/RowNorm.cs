using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using Workspaces.Kernels.Reductions;
using Workspaces.Kernels.Team;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Rows;

/// <summary>
/// Layer norm (Ba, Kiros and Hinton 2016) and RMS norm (Zhang and Sennrich 2019) of contiguous [rows, columns] data, with a factor and a
/// summand for each column. Sums are carried in f64. The backward half computes mean and deviation of a row again, so that nothing but
/// the input has to be kept.
/// </summary>
internal static class RowNorm
{
    /// <summary>Rows are cut into at most so many parts whatever the number of threads, which fixes the order of sums over rows.</summary>
    private const int MostParts = 16;

    /// <summary>Buffers of one row that a part needs on the way back: dWeight, dBias, the normalised row, its gradient.</summary>
    private const int Buffers = 4;

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
    public static void Forward<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, Span<T> y, int rows, int columns, double epsilon, bool centered, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Softmax.Check(rows, columns, x.Length, y.Length, y.Length);
        CheckColumns(columns, weight.Length, bias.Length);
        if (rows == 0 || columns == 0)
            return;
        var job = new ForwardJob<T>
        {
            X = x, Weight = weight, Bias = bias, Y = y, Rows = rows, Columns = columns, Parts = Parts(rows), Epsilon = epsilon, Centered = centered,
        };
        Run(ref job, job.Parts, team);
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
    public static void Backward<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> weight, ReadOnlySpan<T> dy, Span<T> dx, Span<T> dWeight, Span<T> dBias, in RowNormSettings settings,
        Span<T> scratch, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = settings.Columns, parts = Parts(settings.Rows);
        Softmax.Check(settings.Rows, columns, x.Length, dy.Length, dx.IsEmpty ? dy.Length : dx.Length);
        CheckColumns(columns, weight.Length, 0);
        scratch = scratch[..ScratchLength(settings.Rows, columns)];
        if (columns > 0 && settings.Rows > 0)
        {
            var job = new BackwardJob<T> { X = x, Weight = weight, DY = dy, DX = dx, Settings = settings, Parts = parts, Scratch = scratch };
            Run(ref job, parts, team);
        }

        AddParts(scratch, dWeight, columns, parts, buffer: 0, settings.AddToWeight);
        AddParts(scratch, dBias, columns, parts, buffer: 1, settings.AddToBias);
    }

    private static int Parts(int rows) => Math.Min(rows, MostParts);

    private static void Run<TJob>(ref TJob job, int parts, KernelTeam? team)
        where TJob : struct, IKernelJob, allows ref struct
    {
        if (team is not null)
        {
            team.Run(parts, ref job);
            return;
        }

        for (int part = 0; part < parts; part++)
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

    /// <summary>Writes the normalised row; returns the reciprocal of its deviation.</summary>
    private static T Normalize<T>(ReadOnlySpan<T> x, Span<T> normal, double epsilon, bool centered)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (centered)
            TensorPrimitives.Subtract(x, T.CreateTruncating(Sum<T>(x) / x.Length), normal);
        else
            x.CopyTo(normal);
        T scale = T.CreateTruncating(1 / Math.Sqrt((Dot<T>(normal, normal) / x.Length) + epsilon));
        TensorPrimitives.Multiply(normal, scale, normal);
        return scale;
    }

    private static double Sum<T>(ReadOnlySpan<T> x)
        where T : unmanaged => typeof(T) == typeof(float)
        ? SumKernel.Sum(MemoryMarshal.Cast<T, float>(x))
        : SumKernel.Sum(MemoryMarshal.Cast<T, double>(x));

    private static double Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged => typeof(T) == typeof(float)
        ? SumKernel.Dot(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y))
        : SumKernel.Dot(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y));

    private static void CheckColumns(int columns, int weight, int bias)
    {
        if ((weight != 0 && weight != columns) || (bias != 0 && bias != columns))
            ThrowColumns(columns, weight, bias);
    }

    [DoesNotReturn]
    private static void ThrowColumns(int columns, int weight, int bias) => throw new ArgumentException(
        $"Row norm of {columns} columns got {weight} factors and {bias} summands. Pass one for each column, or none.", nameof(columns));

    private ref struct ForwardJob<T> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> X, Weight, Bias;
        public Span<T> Y;
        public int Rows, Columns, Parts;
        public double Epsilon;
        public bool Centered;

        public readonly void Execute(int part)
        {
            int end = (int)((long)Rows * (part + 1) / Parts);
            for (int r = (int)((long)Rows * part / Parts); r < end; r++)
            {
                Span<T> row = Y.Slice(r * Columns, Columns);
                Normalize(X.Slice(r * Columns, Columns), row, Epsilon, Centered);
                if (!Weight.IsEmpty)
                    TensorPrimitives.Multiply(row, Weight, row);
                if (!Bias.IsEmpty)
                    TensorPrimitives.Add(row, Bias, row);
            }
        }
    }

    private ref struct BackwardJob<T> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> X, Weight, DY;
        public Span<T> DX, Scratch;
        public RowNormSettings Settings;
        public int Parts;

        public readonly void Execute(int part)
        {
            int columns = Settings.Columns;
            Span<T> own = Scratch.Slice(part * Buffers * columns, Buffers * columns);
            Span<T> dWeight = own[..columns], dBias = own.Slice(columns, columns), normal = own.Slice(2 * columns, columns), slope = own[(3 * columns)..];
            dWeight.Clear();
            dBias.Clear();
            int end = (int)((long)Settings.Rows * (part + 1) / Parts);
            for (int r = (int)((long)Settings.Rows * part / Parts); r < end; r++)
            {
                ReadOnlySpan<T> dy = DY.Slice(r * columns, columns);
                T scale = Normalize(X.Slice(r * columns, columns), normal, Settings.Epsilon, Settings.Centered);
                TensorPrimitives.MultiplyAdd(dy, normal, dWeight, dWeight);
                TensorPrimitives.Add(dBias, dy, dBias);
                if (!DX.IsEmpty)
                    Row(dy, normal, slope, scale, DX.Slice(r * columns, columns));
            }
        }

        private readonly void Row(ReadOnlySpan<T> dy, Span<T> normal, Span<T> slope, T scale, Span<T> dx)
        {
            int columns = Settings.Columns;
            if (Weight.IsEmpty)
                dy.CopyTo(slope);
            else
                TensorPrimitives.Multiply(dy, Weight, slope);
            double mean = Settings.Centered ? Sum<T>(slope) / columns : 0;
            T along = T.CreateTruncating(Dot<T>(slope, normal) / columns);
            if (Settings.Centered)
                TensorPrimitives.Subtract(slope, T.CreateTruncating(mean), slope);
            TensorPrimitives.MultiplyAdd(normal, -along, slope, slope);
            if (Settings.AddToInput)
                TensorPrimitives.MultiplyAdd(slope, scale, dx, dx);
            else
                TensorPrimitives.Multiply(slope, scale, dx);
        }
    }
}
