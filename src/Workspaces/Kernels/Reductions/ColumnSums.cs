using System.Numerics;
using System.Runtime.InteropServices;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Reductions;

/// <summary>
/// Sums of the columns of a matrix, such as the gradient of a bias: with the bits of <see cref="Reduction"/>, but for two dimensions only, on many threads (each
/// has columns of its own), and added to what is there when asked.
/// </summary>
internal static class ColumnSums
{
    /// <summary>Columns summed at a time, in f64 on the stack.</summary>
    private const int Tile = 256;

    /// <summary>Columns of different threads begin on different lines of the cache.</summary>
    private const int Grain = 16;

    /// <summary>Writes or adds the sums.</summary>
    /// <param name="x">[rows, columns], row-major.</param>
    /// <param name="ld">Elements between rows.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="sums">[columns].</param>
    /// <param name="accumulate">True to add to the sums.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <exception cref="ArgumentException">The matrix does not fit into its span.</exception>
    public static void Run<T>(ReadOnlySpan<T> x, int ld, int rows, Span<T> sums, bool accumulate, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = sums.Length, grains = ((columns - 1) / Grain) + 1;
        if (rows < 0 || ld < columns || (rows > 0 && columns > 0 && ((rows - 1L) * ld) + columns > x.Length))
            ReductionThrow.Matrix(rows, columns, ld, x.Length);
        var job = new Job<T> { X = x, Sums = sums, Ld = ld, Rows = rows, Accumulate = accumulate, Parts = Math.Min(grains, team?.Threads ?? 1) };
        if (columns == 0) return;
        if (team is null || job.Parts == 1) job.Execute(0);
        else team.Run(job.Parts, ref job);
    }

    private static void AddRow<T>(Span<double> states, ReadOnlySpan<T> row)
        where T : unmanaged, IFloatingPointIeee754<T> => Sum<T>.CombineEach(states, row);

    private ref struct Job<T> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> X;
        public Span<T> Sums;
        public int Ld, Rows, Parts;
        public bool Accumulate;

        public readonly void Execute(int part)
        {
            int grains = ((Sums.Length - 1) / Grain) + 1;
            int end = Math.Min(Sums.Length, (int)((long)grains * (part + 1) / Parts) * Grain);
            for (int first = (int)((long)grains * part / Parts) * Grain; first < end; first += Tile)
                Columns(first, Math.Min(Tile, end - first));
        }

        private readonly void Columns(int first, int count)
        {
            Span<double> states = stackalloc double[Tile];
            states = states[..count];
            states.Clear();
            int row = 0;
            if (typeof(T) == typeof(float))
            {
                for (; row + 4 <= Rows; row += 4)
                    SumKernel.AddEachOf4(states, MemoryMarshal.Cast<T, float>(X.Slice((row * Ld) + first, (3 * Ld) + count)), Ld);
            }

            for (; row < Rows; row++)
                AddRow(states, X.Slice((row * Ld) + first, count));
            Span<T> sums = Sums.Slice(first, count);
            for (int j = 0; j < sums.Length; j++)
            {
                T sum = T.CreateTruncating(states[j]);
                sums[j] = Accumulate ? sums[j] + sum : sum;
            }
        }
    }
}
