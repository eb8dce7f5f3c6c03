using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Rows;

/// <summary>
/// One row of <see cref="RowNorm"/>, read three times forwards and four times backwards, and written once:
/// <code>
///   1  sum of x               -&gt; a first mean
///   2  sums of d and d d      -&gt; mean and variance, d = x - first mean       (both directions)
///   3  y                         forwards
///   3  sums of g and g n, dWeight += dy n, dBias += dy                       backwards
///   4  dx
/// </code>
/// Mean and variance are those of the corrected two-pass algorithm (Chan, Golub and LeVeque 1983): sums of d repair what rounding has done to the first mean, so
/// that sums may be formed in the element's own precision; they are carried on in f64 from <see cref="Block"/> to block, which bounds the error for long rows.
/// </summary>
internal static unsafe class RowNormKernel<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Elements that are summed in registers before the sum goes on in f64.</summary>
    private const int Block = 1024;

    /// <summary>y of the row that begins at an element.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Forward(in RowNormOperands<T> operands, nint at)
    {
        (T mean, T scale) = Measure(operands, operands.X + at);
        TVector m = TSimd.Broadcast(mean), r = TSimd.Broadcast(scale);
        T* x = operands.X + at, y = operands.Y + at;
        T* weight = operands.Weight, bias = operands.Bias;
        int w = TSimd.Count, columns = operands.Columns;
        for (int j = 0; j < columns; j += w)
        {
            int count = Math.Min(w, columns - j);
            TVector n = TSimd.Multiply(TSimd.Subtract(Load(x + j, count), m), r);
            if (weight is not null && bias is not null)
                n = TSimd.MultiplyAdd(n, Load(weight + j, count), Load(bias + j, count));
            else if (weight is not null)
                n = TSimd.Multiply(n, Load(weight + j, count));
            else if (bias is not null)
                n = TSimd.Add(n, Load(bias + j, count));
            Store(y + j, n, count);
        }
    }

    /// <summary>dx of the row that begins at an element, when it is wanted, and what the row adds to the gradients of factors and summands.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Backward(in RowNormOperands<T> operands, nint at, T* dWeight, T* dBias)
    {
        (T mean, T scale) = Measure(operands, operands.X + at);
        TVector m = TSimd.Broadcast(mean), r = TSimd.Broadcast(scale);
        T* x = operands.X + at, dy = operands.DY + at;
        T* weight = operands.Weight;
        int w = TSimd.Count, columns = operands.Columns;
        double slopes = 0, along = 0;
        for (int first = 0; first < columns; first += Block)
        {
            int end = Math.Min(columns, first + Block);
            TVector sum = TSimd.Zero, product = TSimd.Zero;
            for (int j = first; j < end; j += w)
            {
                int count = Math.Min(w, columns - j);
                TVector d = Load(dy + j, count), n = TSimd.Multiply(TSimd.Subtract(Load(x + j, count), m), r);
                TVector g = weight is null ? d : TSimd.Multiply(d, Load(weight + j, count));
                Store(dWeight + j, TSimd.MultiplyAdd(d, n, Load(dWeight + j, count)), count);
                Store(dBias + j, TSimd.Add(d, Load(dBias + j, count)), count);
                sum = TSimd.Add(sum, g);
                product = TSimd.MultiplyAdd(g, n, product);
            }

            slopes += double.CreateTruncating(TSimd.Sum(sum));
            along += double.CreateTruncating(TSimd.Sum(product));
        }

        if (operands.DX is null) return;
        TVector level = TSimd.Broadcast(T.CreateTruncating(operands.Centered ? slopes / columns : 0));
        TVector minus = TSimd.Broadcast(T.CreateTruncating(-along / columns));
        Slope(operands, at, m, r, level, minus);
    }

    /// <summary>dx = r (g - level + n minus).</summary>
    [MethodImpl(KernelMethod.Compiled)]
    private static void Slope(in RowNormOperands<T> operands, nint at, TVector m, TVector r, TVector level, TVector minus)
    {
        T* x = operands.X + at, dy = operands.DY + at, dx = operands.DX + at;
        T* weight = operands.Weight;
        int w = TSimd.Count, columns = operands.Columns;
        bool add = operands.AddToInput;
        for (int j = 0; j < columns; j += w)
        {
            int count = Math.Min(w, columns - j);
            TVector g = Load(dy + j, count), n = TSimd.Multiply(TSimd.Subtract(Load(x + j, count), m), r);
            if (weight is not null) g = TSimd.Multiply(g, Load(weight + j, count));
            g = TSimd.MultiplyAdd(n, minus, TSimd.Subtract(g, level));
            Store(dx + j, add ? TSimd.MultiplyAdd(g, r, Load(dx + j, count)) : TSimd.Multiply(g, r), count);
        }
    }

    /// <summary>Mean and reciprocal deviation of a row; without centring the mean is 0.</summary>
    private static (T Mean, T Scale) Measure(in RowNormOperands<T> operands, T* x)
    {
        int columns = operands.Columns;
        double sum = 0, squares = 0, first = 0;
        if (operands.Centered)
        {
            for (int j = 0; j < columns; j += Block)
                first += Sum(x + j, Math.Min(Block, columns - j));
            first = double.CreateTruncating(T.CreateTruncating(first / columns));
        }

        for (int j = 0; j < columns; j += Block)
            Moments(x + j, Math.Min(Block, columns - j), T.CreateTruncating(first), ref sum, ref squares);
        if (!double.IsFinite(squares)) MeasureWide(x, operands, ref first, ref sum, ref squares);
        double shift = operands.Centered ? sum / columns : 0, variance = Math.Max(0, (squares / columns) - (shift * shift));
        return (T.CreateTruncating(first + shift), T.CreateTruncating(1 / Math.Sqrt(variance + operands.Epsilon)));
    }

    /// <summary>Once more in f64, for numbers whose sums or squares leave the range of f32; what is not finite stays so.</summary>
    private static void MeasureWide(T* x, in RowNormOperands<T> operands, ref double first, ref double sum, ref double squares)
    {
        (first, sum, squares) = (0, 0, 0);
        for (int j = 0; j < operands.Columns && operands.Centered; j++)
            first += double.CreateTruncating(x[j]) / operands.Columns;
        for (int j = 0; j < operands.Columns; j++)
        {
            double d = double.CreateTruncating(x[j]) - first;
            sum += d;
            squares += d * d;
        }
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static double Sum(T* x, int length)
    {
        TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0;
        int w = TSimd.Count, j = 0;
        for (; j + (4 * w) <= length; j += 4 * w)
        {
            s0 = TSimd.Add(s0, TSimd.Load(x + j));
            s1 = TSimd.Add(s1, TSimd.Load(x + j + w));
            s2 = TSimd.Add(s2, TSimd.Load(x + j + (2 * w)));
            s3 = TSimd.Add(s3, TSimd.Load(x + j + (3 * w)));
        }

        for (; j < length; j += w)
            s0 = TSimd.Add(s0, Load(x + j, Math.Min(w, length - j)));
        return double.CreateTruncating(TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3))));
    }

    /// <summary>Adds the sums of d = x - mean and of d d.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    private static void Moments(T* x, int length, T mean, ref double sum, ref double squares)
    {
        TVector m = TSimd.Broadcast(mean), s0 = TSimd.Zero, s1 = s0, q0 = s0, q1 = s0;
        int w = TSimd.Count, j = 0;
        for (; j + (2 * w) <= length; j += 2 * w)
        {
            TVector d0 = TSimd.Subtract(TSimd.Load(x + j), m), d1 = TSimd.Subtract(TSimd.Load(x + j + w), m);
            s0 = TSimd.Add(s0, d0);
            s1 = TSimd.Add(s1, d1);
            q0 = TSimd.MultiplyAdd(d0, d0, q0);
            q1 = TSimd.MultiplyAdd(d1, d1, q1);
        }

        for (; j < length; j += w)
        {
            int count = Math.Min(w, length - j);
            TVector d = TSimd.Subtract(Load(x + j, count), count == w ? m : Part(m, count));
            s0 = TSimd.Add(s0, d);
            q0 = TSimd.MultiplyAdd(d, d, q0);
        }

        sum += double.CreateTruncating(TSimd.Sum(TSimd.Add(s0, s1)));
        squares += double.CreateTruncating(TSimd.Sum(TSimd.Add(q0, q1)));
    }

    /// <summary>The first lanes of a register; the others 0.</summary>
    [SkipLocalsInit]
    private static TVector Part(TVector value, int count)
    {
        T* lanes = stackalloc T[TSimd.Count];
        TSimd.Store(lanes, value);
        return TSimd.LoadPartial(lanes, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load(T* source, int count) => count == TSimd.Count ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* destination, TVector value, int count)
    {
        if (count == TSimd.Count)
            TSimd.Store(destination, value);
        else
            TSimd.StorePartial(destination, value, count);
    }
}
