using System.Globalization;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Xunit.Abstractions;

namespace Workspaces.Tests.Figures;

/// <summary>The errors of kernels that pages name, measured and printed: <c>dotnet test --filter AccuracyFigureTests --logger "console;verbosity=detailed"</c>.</summary>
public sealed class AccuracyFigureTests(ITestOutputHelper output) : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Theory]
    [InlineData(32, 3, 3.5e-5)]
    [InlineData(64, 3, 5.5e-5)]
    [InlineData(128, 3, 6e-5)]
    [InlineData(32, 5, 5e-6)]
    public void The_largest_error_of_a_convolution_is_that_of_the_pages(int planes, int window, double most)
    {
        using Workspace workspace = _manager.Lease(new() { Name = "accuracy" });
        using Pass pass = workspace.Enter();
        Tensor x = Normal([4, planes, 24, 24], 1), w = Normal([planes, planes, window, window], 2);
        double[] exact = x.To(DType.F64).Conv2d(w.To(DType.F64), padding: window / 2).ToArray<double>();
        float[] seen = x.Conv2d(w, padding: window / 2).ToArray<float>();

        double scale = Math.Sqrt(exact.Average(static value => value * value));
        double error = exact.Zip(seen, static (a, b) => Math.Abs(a - b)).Max() / scale;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{window} x {window} windows over {planes} planes: largest error {error:E1} of the root mean square"));
        Assert.InRange(error, 1e-8, most);
    }

    [Fact]
    public void The_largest_relative_error_of_Erf_is_that_of_the_page()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "accuracy" });
        using Pass pass = workspace.Enter();
        // Short in decimals too, so that a conversion to decimal keeps all of them.
        double[] points = [.. Enumerable.Range(1, 2560).Select(static i => i / 512.0)];
        float[] singles = [.. points.Select(static point => (float)point)];
        double[] doubles = Tensor.From<double>(points, [points.Length]).Erf().ToArray<double>();
        float[] seen = Tensor.From<float>(singles, [singles.Length]).Erf().ToArray<float>();
        double ofDouble = 0, ofSingle = 0;
        for (int i = 0; i < points.Length; i++)
        {
            ofDouble = Math.Max(ofDouble, Relative(Exact((decimal)points[i]), doubles[i]));
            ofSingle = Math.Max(ofSingle, Relative(Exact((decimal)points[i]), seen[i]));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Erf: largest relative error {ofSingle:E1} (float32), {ofDouble:E1} (float64)"));
        Assert.InRange(ofSingle, 1e-9, 2e-7);
        Assert.InRange(ofDouble, 0, 2e-15);
    }

    /// <summary>Of a number from 2⁻¹⁰ to 1, all of whose bits a conversion to decimal would not keep.</summary>
    private static double Relative(decimal exact, double seen) => Math.Abs((double)(((decimal)(long)Math.ScaleB(seen, 62) / (1L << 62)) - exact)) / (double)exact;

    /// <summary>2/√π Σ (-1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)); up to 5, terms of 10¹⁰ leave 17 of the 28 digits.</summary>
    private static decimal Exact(decimal x)
    {
        decimal power = x, sum = 0;
        for (int n = 0; n < 200; n++)
        {
            sum += power / ((2 * n) + 1);
            power *= -x * x / (n + 1);
        }

        return 1.1283791670955125738961589031m * sum;
    }

    private static Tensor Normal(Shape shape, int seed)
    {
        var random = new Random(seed);
        var values = new float[shape.Length];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return Tensor.From<float>(values, shape);
    }
}
