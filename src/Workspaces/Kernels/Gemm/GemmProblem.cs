namespace Workspaces.Kernels.Gemm;

/// <summary>How a product is computed. Chosen from the whole shape, so that splitting among threads changes no bit.</summary>
internal enum GemmPath
{
    /// <summary>Panels of B are copied to scratch in the order in which the micro-kernel reads them.</summary>
    Packed,

    /// <summary>The same in deeper, narrower and lower blocks, for many rows: panels lie near the front of L2, which keeps pace, and C is read and written less often.</summary>
    Deep,

    /// <summary>Few rows: B is read in place, because each copied panel would be used too few times to pay.</summary>
    Direct,

    /// <summary>One row times a row-major matrix: up to sixteen registers of columns at a time, B read once in place.</summary>
    RowTimesMatrix,

    /// <summary>The transpose of C is computed, panels being copied of A, and its tiles are turned as they are stored: for rows that are fewer than B's columns,
    /// times a transposed matrix, because A is smaller; and for so few columns that they would leave most lanes of registers idle.</summary>
    Turned,

    /// <summary>Short sums: elements of two rows of A are held in registers, and rows of C written in order.</summary>
    Shallow,

    /// <summary>Few columns, and rows of A that are contiguous: tiles of dot products along k; of B, which is small, a transposed copy is made where it is not
    /// stored so.</summary>
    Narrow,

    /// <summary>B lies in panels that were made before, see <see cref="PanelGemm"/>: nothing is copied.</summary>
    Panels,

    /// <summary>Few rows times a transposed matrix: dot products along k, both operands read in place.</summary>
    Dot,
}

/// <summary>
/// One product with pinned operands: element (i, p) of op(A) is <c>A[i * ARow + p * AStep]</c>; row-major C has <see cref="Ldc"/>.
/// </summary>
internal unsafe struct GemmProblem<T>
    where T : unmanaged
{
    /// <summary>Rows of C.</summary>
    public int M;

    /// <summary>Columns of C.</summary>
    public int N;

    /// <summary>The summed dimension.</summary>
    public int K;

    /// <summary>Elements between rows of op(A).</summary>
    public nint ARow;

    /// <summary>Elements between columns of op(A).</summary>
    public nint AStep;

    /// <summary>The leading dimension of B as stored.</summary>
    public nint Ldb;

    /// <summary>Whether B is stored [n, k].</summary>
    public bool TransposeB;

    /// <summary>The leading dimension of C.</summary>
    public nint Ldc;

    /// <summary>What the product is added to: C itself, one row that is added to all of them, or null for nothing. (Of a turned product: one element that is
    /// added to a row.)</summary>
    public T* FirstAdd;

    /// <summary>Elements between its rows: the leading dimension of C, or 0.</summary>
    public nint AddLd;

    /// <summary>Whether the larger of each result and 0 is written.</summary>
    public bool IsRectified;

    /// <summary>First element of A.</summary>
    public T* A;

    /// <summary>First element of B.</summary>
    public T* B;

    /// <summary>First element of C.</summary>
    public T* C;

    /// <summary>The path, see <see cref="GemmPath"/>.</summary>
    public GemmPath Path;

    /// <summary>Copies some columns of B, for some steps, into panels.</summary>
    /// <param name="p">The first step.</param>
    /// <param name="steps">How many.</param>
    /// <param name="j">The first column.</param>
    /// <param name="columns">How many.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="width">Columns of one.</param>
    public readonly void PackB(int p, int steps, int j, int columns, T* panels, int width) =>
        GemmPacking<T>.Pack(B + (TransposeB ? (j * Ldb) + p : (p * Ldb) + j), Ldb, TransposeB, columns, steps, panels, width);

    /// <summary>
    /// Computes a column of C as a row: c = A b is the same numbers as cT = bT AT, and products with one row have paths that copy nothing.
    /// </summary>
    /// <param name="transposeA">Whether A is stored [k, m].</param>
    /// <param name="lda">Leading dimension of the stored A.</param>
    public void TurnColumn(bool transposeA, nint lda)
    {
        T* column = B;
        (M, N, ARow, AStep) = (1, M, 0, TransposeB ? 1 : Ldb);
        (Ldb, TransposeB) = (lda, !transposeA);
        B = A;
        A = column;
    }

    /// <summary>Exchanges the operands, for Cᵀ = B Aᵀ; <see cref="C"/> and its leading dimension stay those of C.</summary>
    public void Turn()
    {
        T* rows = A;
        A = B;
        B = rows;
        bool isRowMajor = AStep == 1;
        nint ld = isRowMajor ? ARow : AStep;
        (M, N) = (N, M);
        (ARow, AStep) = TransposeB ? (Ldb, (nint)1) : (1, Ldb);
        (Ldb, TransposeB) = (ld, isRowMajor);
    }
}
