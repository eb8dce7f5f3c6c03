using Workspaces.Autograd;
using Workspaces.Interop.LinearAlgebra;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Ops;

namespace Workspaces.Tests.Interop;

/// <summary>Factors multiply to the matrix they came from and have the form they promise.</summary>
public sealed class DecompositionTests : IDisposable
{
    private static readonly long[][] Any = [[1, 1], [3, 3], [5, 2], [2, 5], [1, 4], [4, 1], [2, 3, 4], [3, 1, 2, 2], [0, 3], [3, 0], [0, 2, 2], [16, 16]];
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public static TheoryData<long[], DType, Placement> Matrices => Cases(Any);

    public static TheoryData<long[], DType, Placement> Squares => Cases(Any.Where(static dims => dims[^1] == dims[^2]).Append([0, 0]));

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [MemberData(nameof(Matrices))]
    public void Singular_values_and_vectors_give_the_matrix_back(long[] dims, DType dtype, Placement placement)
    {
        Tensor a = Make(dims, dtype, placement);
        foreach (bool full in new[] { false, true })
        {
            using SvdResult svd = a.Svd(full);
            long m = dims[^2], n = dims[^1], k = Math.Min(m, n);
            Assert.Equal((full ? m : k, full ? n : k, k), (svd.U.Shape[-1], svd.Vt.Shape[-2], svd.S.Shape[-1]));
            AssertOrthonormal(svd.U);
            AssertOrthonormal(svd.Vt.Transpose());
            double[] values = OpRun.Numbers(svd.S);
            for (int i = 1; i < values.Length; i++) Assert.True(values[i] >= 0 && (i % Math.Max(k, 1) == 0 || values[i] <= values[i - 1]));
            AssertSame(a, svd.U.Slice(-1, 0, k).Multiply(svd.S.Unsqueeze(-2)).MatMul(svd.Vt.Slice(-2, 0, k)));
        }
    }

    [Theory]
    [MemberData(nameof(Matrices))]
    public void Q_is_orthonormal_and_R_is_triangular(long[] dims, DType dtype, Placement placement)
    {
        Tensor a = Make(dims, dtype, placement);
        foreach (bool full in new[] { false, true })
        {
            using QrResult qr = a.Qr(full);
            Assert.Equal(full ? dims[^2] : Math.Min(dims[^2], dims[^1]), qr.Q.Shape[-1]);
            AssertOrthonormal(qr.Q);
            AssertTriangular(qr.R, below: true);
            AssertSame(a, qr.Q.MatMul(qr.R));
        }
    }

    [Theory]
    [MemberData(nameof(Squares))]
    public void L_by_its_transpose_is_the_positive_definite_matrix(long[] dims, DType dtype, Placement placement)
    {
        Tensor a = PositiveDefinite(Make(dims, dtype, placement));
        using Tensor lower = a.Cholesky();
        AssertTriangular(lower, below: false);
        AssertSame(a, lower.MatMul(lower.Transpose()));
    }

    [Theory]
    [MemberData(nameof(Squares))]
    public void A_symmetric_matrix_is_its_eigenvectors_scaled(long[] dims, DType dtype, Placement placement)
    {
        Tensor half = Make(dims, dtype, placement), a = half + half.Transpose();
        using SymmetricEigenResult eigen = a.SymmetricEigen();
        AssertOrthonormal(eigen.Vectors);
        double[] values = OpRun.Numbers(eigen.Values);
        for (int i = 1; i < values.Length; i++) Assert.True(i % dims[^1] == 0 || values[i] >= values[i - 1]);
        AssertSame(a, eigen.Vectors.Multiply(eigen.Values.Unsqueeze(-2)).MatMul(eigen.Vectors.Transpose()));
    }

    /// <summary>A (p + iq) = (λ + iμ)(p + iq), taken apart.</summary>
    [Theory]
    [MemberData(nameof(Squares))]
    public void Complex_eigenvectors_are_stretched_by_their_eigenvalues(long[] dims, DType dtype, Placement placement)
    {
        Tensor a = Make(dims, dtype, placement);
        using EigenResult eigen = a.Eigen();
        Tensor re = eigen.RealValues.Unsqueeze(-2), im = eigen.ImaginaryValues.Unsqueeze(-2), p = eigen.RealVectors, q = eigen.ImaginaryVectors;
        AssertSame(a.MatMul(p), (p * re) - (q * im));
        AssertSame(a.MatMul(q), (p * im) + (q * re));
        Tensor lengths = (p * p).Sum([-2]) + (q * q).Sum([-2]);
        AssertSame(Tensor.Ones(lengths.Shape, dtype), lengths);
    }

    [Fact]
    public void A_rotation_has_the_eigenvalues_plus_and_minus_i()
    {
        using EigenResult eigen = Tensor.From<double>([0, -1, 1, 0], new Shape(2, 2)).Eigen();
        Close.To([0, 0], eigen.RealValues.ToArray<double>(), 1e-15, "real");
        Close.To([1, -1], eigen.ImaginaryValues.ToArray<double>(), 1e-15, "imaginary");
    }

    [Fact]
    public void Only_the_lower_triangle_of_symmetric_matrices_is_read()
    {
        Tensor whole = Tensor.From<double>([4, 2, 2, 3], new Shape(2, 2)), lower = Tensor.From<double>([4, 77, 2, 3], new Shape(2, 2));
        Assert.Equal(whole.Cholesky().ToArray<double>(), lower.Cholesky().ToArray<double>());
        Assert.Equal(whole.SymmetricEigen().Values.ToArray<double>(), lower.SymmetricEigen().Values.ToArray<double>());
    }

    private static TheoryData<long[], DType, Placement> Cases(IEnumerable<long[]> shapes)
    {
        var data = new TheoryData<long[], DType, Placement>();
        foreach (long[] dims in shapes)
        {
            data.Add(dims, DType.F64, Placement.Contiguous);
            data.Add(dims, DType.F32, Placement.Contiguous);
            data.Add(dims, DType.F64, Placement.Transposed);
            data.Add(dims, DType.F32, Placement.EverySecond);
        }

        return data;
    }

    private static Tensor Make(long[] dims, DType dtype, Placement placement)
    {
        var random = new Random(dims.Aggregate(17, static (seed, size) => (seed * 31) + (int)size));
        return OpRun.MakeInput(NdArray.Build([.. dims.Select(static size => (int)size)], _ => (random.NextDouble() * 4) - 2), dtype, placement);
    }

    private static Tensor PositiveDefinite(Tensor a)
    {
        Tensor identity = Tensor.From<double>([.. Enumerable.Range(0, (int)(a.Shape[-1] * a.Shape[-1])).Select(i => i % (a.Shape[-1] + 1) == 0 ? 1.0 : 0.0)], new Shape(a.Shape[-1], a.Shape[-1]));
        return a.MatMul(a.Transpose()) + identity.To(a.DType);
    }

    private static double Tolerance(DType dtype) => dtype == DType.F32 ? 2e-5 : 1e-12;

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Close.To(OpRun.Numbers(expected), OpRun.Numbers(actual), Tolerance(actual.DType), "product");
    }

    private static void AssertOrthonormal(Tensor columns)
    {
        Tensor products = columns.Transpose().MatMul(columns);
        long size = products.Shape[-1];
        double[] numbers = OpRun.Numbers(products);
        double[] expected = [.. Enumerable.Range(0, numbers.Length).Select(i => i % (size * size) % (size + 1) == 0 ? 1.0 : 0.0)];
        Close.To(expected, numbers, Tolerance(columns.DType), "orthonormal columns");
    }

    private static void AssertTriangular(Tensor matrix, bool below)
    {
        long rows = matrix.Shape[-2], columns = matrix.Shape[-1];
        double[] numbers = OpRun.Numbers(matrix);
        for (int i = 0; i < numbers.Length; i++)
        {
            long row = i / columns % rows, column = i % columns;
            if (below ? row > column : row < column) Assert.Equal(0, numbers[i]);
        }
    }
}
