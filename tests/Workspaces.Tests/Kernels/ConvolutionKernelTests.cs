using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

/// <summary>Every vector width gives what scalar code gives, and every number of threads the same bits, at any offset and amid guards.</summary>
public sealed class ConvolutionKernelTests : KernelConformance
{
    public static TheoryData<int, int, int, int, int, int, int> Shapes => new()
    {
        // batch, channels, side, filters, kernel, stride, groups
        { 1, 1, 1, 1, 1, 1, 1 },
        { 3, 2, 7, 5, 3, 1, 1 },
        { 2, 4, 9, 6, 2, 2, 2 },
        { 9, 3, 33, 8, 5, 1, 1 },
        { 2, 8, 40, 8, 3, 1, 8 },
        { 5, 16, 17, 16, 1, 1, 1 },
        { 2, 64, 30, 12, 3, 1, 1 },
        { 3, 1, 28, 6, 5, 1, 1 },
        { 2, 12, 13, 17, 3, 1, 1 },
        { 1, 33, 12, 16, 3, 1, 1 },
        { 5, 16, 40, 24, 3, 1, 1 },
        { 3, 5, 19, 37, 3, 1, 1 },
        { 2, 6, 15, 9, 7, 3, 3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Widths_agree_and_threads_change_no_bit(int batch, int channels, int side, int filters, int kernel, int stride, int groups)
    {
        ConvolutionShape shape = ShapeOf(batch, channels, side, filters, kernel, stride, groups);
        float[] x = Normal(batch * channels * side * side, 1), w = Normal((int)shape.WeightLength, 2, 0.1f), dy = Normal(batch * filters * shape.Positions, 3);
        float[] bias = Normal(filters, 4);
        foreach (ConvolutionPass pass in Enum.GetValues<ConvolutionPass>())
        {
            float[] expected = Run(shape, pass, x, w, bias, dy, null, KernelVariant.Scalar);
            double scale = 1e-5 * Math.Sqrt(shape.Depth + (pass == ConvolutionPass.BackwardWeight ? batch * shape.Positions : 0)) * 4;
            foreach (KernelVariant variant in Variants)
            {
                float[] one = Run(shape, pass, x, w, bias, dy, null, variant);
                for (int i = 0; i < one.Length; i++) AssertClose(expected[i], one[i], scale, $"{pass}, {variant}, element {i}");
                foreach (int threads in (int[])[2, 3])
                {
                    using var team = new KernelTeam(threads);
                    Assert.Equal(one, Run(shape, pass, x, w, bias, dy, team, variant));
                }
            }
        }
    }

    /// <summary>One register of planes, two and one, and a part of one, in rows of every width that is computed so: neighbouring positions or any, the chains are the same.</summary>
    [Theory]
    [InlineData(16, 1)]
    [InlineData(13, 2)]
    [InlineData(48, 1)]
    [InlineData(33, 2)]
    public void Planes_in_registers_have_the_same_bits_for_every_vector_width(int filters, int strideY)
    {
        int shapes = 0;
        for (int width = 1; width <= 19; width++)
        {
            for (int height = 1; height <= 5; height++)
            {
                var window = new PlaneWindow { Height = 3, Width = 2, StrideY = strideY, StrideX = 1, PaddingY = 1, PaddingX = 1, DilationY = 1, DilationX = 2 };
                var shape = new ConvolutionShape
                {
                    Batch = 2, Channels = 3, Height = height, Width = width, Filters = filters, Groups = 1, Window = window,
                    OutHeight = (int)PlaneWindow.Positions(height, 3, strideY, 1, 1), OutWidth = (int)PlaneWindow.Positions(width, 2, 1, 1, 2),
                };
                if (ConvolutionScratch.Of<float>(shape, ConvolutionPass.Forward).Path != ConvolutionPath.Filters) continue;
                shapes++;
                float[] x = Normal(2 * 3 * height * width, 1), w = Normal((int)shape.WeightLength, 2), bias = Normal(filters, 3);
                var dy = new float[2 * filters * shape.Positions];
                float[] expected = Run(shape, ConvolutionPass.Forward, x, w, bias, dy, null, KernelVariant.Scalar);
                foreach (KernelVariant variant in Variants) Assert.Equal(expected, Run(shape, ConvolutionPass.Forward, x, w, bias, dy, null, variant));
            }
        }

        Assert.True(shapes >= 40, $"{shapes} shapes take the path");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_rectified_result_is_the_larger_of_the_plain_one_and_0_bit_by_bit(
        int batch, int channels, int side, int filters, int kernel, int stride, int groups)
    {
        ConvolutionShape shape = ShapeOf(batch, channels, side, filters, kernel, stride, groups);
        float[] x = Normal(batch * channels * side * side, 1), w = Normal((int)shape.WeightLength, 2), bias = Normal(filters, 4);
        var scratch = new float[ConvolutionScratch.Length<float>(shape, ConvolutionPass.Forward, 1)];
        foreach (KernelVariant variant in Variants)
        {
            float[] plain = new float[batch * filters * shape.Positions], rectified = new float[plain.Length];
            Convolution.Forward(shape, x, w, bias, plain, scratch, null, variant);
            Convolution.Forward(shape, x, w, bias, rectified, scratch, null, variant, rectified: true);
            Assert.Equal(Array.ConvertAll(plain, value => Math.Max(value, 0)), rectified);
        }
    }

    /// <summary>One shape for each path of a forward pass; the last is Winograd's, whose transforms would spread what is not finite over a tile.</summary>
    [Theory]
    [InlineData(2, 30, 5, 3)]
    [InlineData(3, 6, 16, 3)]
    [InlineData(2, 7, 3, 2)]
    [InlineData(16, 20, 17, 3)]
    public void What_is_not_finite_reaches_the_results_that_read_it_and_no_others(int channels, int side, int filters, int kernel)
    {
        ConvolutionShape shape = ShapeOf(2, channels, side, filters, kernel, 1, 1);
        float[] x = Normal(2 * channels * side * side, 1), w = Normal((int)shape.WeightLength, 2);
        x[(side * 2) + 3] = float.NaN;
        x[^2] = float.PositiveInfinity;
        float[] expected = Plain(shape, x, w);
        Assert.Contains(expected, float.IsNaN);
        Assert.Contains(expected, float.IsInfinity);
        var scratch = new float[ConvolutionScratch.Length<float>(shape, ConvolutionPass.Forward, 1)];
        foreach (KernelVariant variant in Variants)
        {
            var y = new float[expected.Length];
            Convolution.Forward(shape, x, w, default, y, scratch, null, variant);
            for (int i = 0; i < y.Length; i++) AssertClose(expected[i], y[i], 1e-3, $"{variant}, element {i}");
        }
    }

    [Fact]
    public void All_paths_are_taken_by_some_shape()
    {
        var taken = new HashSet<ConvolutionPath>();
        foreach (object[] row in Shapes)
        {
            int[] sizes = Array.ConvertAll(row, static size => (int)size);
            ConvolutionShape shape = ShapeOf(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6]);
            foreach (ConvolutionPass pass in Enum.GetValues<ConvolutionPass>()) taken.Add(ConvolutionScratch.Of<float>(shape, pass).Path);
        }

        Assert.Equal(Enum.GetValues<ConvolutionPath>().Order(), taken.Order());
    }

    [Fact]
    public void Spans_of_other_lengths_are_refused()
    {
        var window = new PlaneWindow { Height = 1, Width = 1, StrideY = 1, StrideX = 1, DilationY = 1, DilationX = 1 };
        var shape = new ConvolutionShape { Batch = 1, Channels = 1, Height = 2, Width = 2, Filters = 1, OutHeight = 2, OutWidth = 2, Groups = 1, Window = window };
        Assert.Throws<ArgumentException>(() => Convolution.Forward<float>(shape, new float[3], new float[1], default, new float[4], new float[4096]));
        Assert.Throws<ArgumentException>(() => Convolution.Forward<float>(shape, new float[4], new float[1], new float[2], new float[4], new float[4096]));
        Assert.Throws<ArgumentException>(() => Convolution.Forward<float>(
            shape with { Window = window with { Height = 3, Width = 3, PaddingX = 1, PaddingY = 1 } }, new float[4], new float[9], default, new float[4], default));
    }

    private static ConvolutionShape ShapeOf(int batch, int channels, int side, int filters, int kernel, int stride, int groups)
    {
        int padding = kernel / 2, outSide = (int)PlaneWindow.Positions(side, kernel, stride, padding, 1);
        return new ConvolutionShape
        {
            Batch = batch, Channels = channels, Height = side, Width = side, Filters = filters, OutHeight = outSide, OutWidth = outSide, Groups = groups,
            Window = new PlaneWindow { Height = kernel, Width = kernel, StrideY = stride, StrideX = stride, PaddingY = padding, PaddingX = padding, DilationY = 1, DilationX = 1 },
        };
    }

    /// <summary>The definition, for one group, stride 1 and finite weights: taps in the padding are left out.</summary>
    private static float[] Plain(in ConvolutionShape s, float[] x, float[] w)
    {
        var y = new float[s.Batch * s.Filters * s.Positions];
        for (int i = 0; i < y.Length; i++)
        {
            int column = i % s.OutWidth, row = i / s.OutWidth % s.OutHeight, filter = i / s.Positions % s.Filters, sample = i / s.Positions / s.Filters;
            double sum = 0;
            for (int tap = 0; tap < s.Depth; tap++)
            {
                int c = tap / s.Window.Taps, inputRow = row + (tap % s.Window.Taps / s.Window.Width) - s.Window.PaddingY;
                int inputColumn = column + (tap % s.Window.Width) - s.Window.PaddingX;
                if ((uint)inputRow >= (uint)s.Height || (uint)inputColumn >= (uint)s.Width) continue;
                sum += (double)x[(((sample * s.Channels) + c) * s.Plane) + (inputRow * s.Width) + inputColumn] * w[(filter * s.Depth) + tap];
            }

            y[i] = (float)sum;
        }

        return y;
    }

    private static float[] Run(in ConvolutionShape shape, ConvolutionPass pass, float[] x, float[] w, float[] bias, float[] dy, KernelTeam? team, KernelVariant variant)
    {
        ConvolutionShape s = shape;
        var scratch = new float[ConvolutionScratch.Length<float>(shape, pass, team?.Threads ?? 1)];
        scratch.AsSpan().Fill(float.NaN);
        return pass switch
        {
            ConvolutionPass.Forward => Guarded<float>(new float[dy.Length], y => Convolution.Forward(s, x, w, bias, y, scratch, team, variant)),
            ConvolutionPass.BackwardInput => Guarded<float>(new float[x.Length], dx => Convolution.BackwardInput<float>(s, dy, w, default, dx, scratch, team, variant)),
            _ => Guarded<float>(w, dw => Convolution.BackwardWeight(s, x, dy, dw, true, scratch, team, variant)),
        };
    }
}
