using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Pooling;

namespace Workspaces.Tests.Kernels;

/// <summary>Windows of 2 × 2 that touch are pooled in registers: the same maxima, taps and gradients as by the definition, for all widths and values.</summary>
public sealed class PairPoolingTests : KernelConformance
{
    public static TheoryData<int, int, int> Sizes2 => new() { { 1, 2, 2 }, { 3, 2, 3 }, { 2, 5, 10 }, { 3, 28, 28 }, { 1, 3, 31 }, { 2, 4, 32 }, { 2, 2, 33 }, { 1, 6, 34 }, { 1, 7, 66 }, { 2, 2, 97 } };

    [Theory]
    [MemberData(nameof(Sizes2))]
    public void Pairs_are_pooled_as_defined(int planes, int height, int width)
    {
        float[] x = Normal(planes * height * width, height + width);
        foreach ((int i, float special) in (ReadOnlySpan<(int, float)>)[(0, float.NaN), (3, float.NegativeInfinity), (5, float.PositiveInfinity), (7, -0f), (8, 0f)])
            x[i * 7 % x.Length] = special;
        x.AsSpan(x.Length / 2, width / 2).Fill(1); // equal ones: the first is chosen
        PoolingShape shape = ShapeOf(planes, height, width);
        (float[] y, byte[] taps, float[] dx) = Defined(shape, x);
        var given = new byte[taps.Length];
        Assert.Equal(y, Guarded<float>(new float[y.Length], output => MaxPooling.Forward(shape, x, output, given.AsSpan())));
        Assert.Equal(taps, given);
        Assert.Equal(y, Guarded<float>(new float[y.Length], output => MaxPooling.Forward(shape, x, output, default(Span<byte>))));
        Assert.Equal(taps, Guarded<byte>(new byte[y.Length], chosen => MaxPooling.Forward<float, byte>(shape, x, new float[y.Length], chosen)));
        float[] dy = [.. Enumerable.Range(1, y.Length).Select(static i => (float)i)];
        Assert.Equal(dx, Guarded<float>(new float[dx.Length], target => MaxPooling.Backward<float, byte>(shape, dy, taps, target)));
    }

    [Fact]
    public void Doubles_give_the_same_as_floats()
    {
        PoolingShape shape = ShapeOf(2, 9, 21);
        float[] x = Normal(2 * 9 * 21, 1), y = new float[2 * shape.Positions];
        double[] exact = new double[y.Length];
        byte[] taps = new byte[y.Length], doubleTaps = new byte[y.Length];
        MaxPooling.Forward(shape, x, y, taps.AsSpan());
        MaxPooling.Forward(shape, Doubles(x), exact, doubleTaps.AsSpan());
        Assert.Equal(exact, Doubles(y));
        Assert.Equal(doubleTaps, taps);
    }

    private static PoolingShape ShapeOf(int planes, int height, int width) => new()
    {
        Planes = planes, Height = height, Width = width, OutHeight = height / 2, OutWidth = width / 2,
        Window = new PlaneWindow { Height = 2, Width = 2, StrideY = 2, StrideX = 2, DilationY = 1, DilationX = 1 },
    };

    /// <summary>Not a number wins, and of several the last; the gradient of output i is i + 1.</summary>
    private static (float[] Y, byte[] Taps, float[] DX) Defined(in PoolingShape s, float[] x)
    {
        float[] y = new float[s.Planes * s.Positions], dx = new float[x.Length];
        var taps = new byte[y.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int corner = (i / s.Positions * s.Plane) + (i / s.OutWidth % s.OutHeight * 2 * s.Width) + (i % s.OutWidth * 2), best = corner;
            for (int tap = 1; tap < 4; tap++)
            {
                int element = corner + (tap / 2 * s.Width) + (tap % 2);
                if (!(x[element] > x[best]) && !float.IsNaN(x[element])) continue;
                best = element;
                taps[i] = (byte)tap;
            }

            y[i] = x[best];
            dx[best] = i + 1;
        }

        return (y, taps, dx);
    }
}
