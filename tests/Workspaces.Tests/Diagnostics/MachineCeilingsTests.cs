using System.Runtime.Intrinsics;
using Workspaces.Diagnostics;
using Workspaces.Kernels.Ceilings;
using Workspaces.Kernels.Simd;

namespace Workspaces.Tests.Diagnostics;

public class MachineCeilingsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_width_and_every_level_has_a_ceiling(int threads)
    {
        var ceilings = MachineCeilings.Measure(threads, seconds: 0.003);

        Assert.Equal(threads, ceilings.Threads);
        Assert.Equal(KernelInfo.Variant, ceilings.MultiplyAdds[0].Variant);
        Assert.All(ceilings.MultiplyAdds, static peak => Assert.True(peak.PerSecond > 1e6));
        Assert.All(ceilings.Levels, static level => Assert.True(level.BytesPerSecond > 1e6));
        Assert.Equal(ceilings.Levels.OrderBy(static level => level.SizeBytes), ceilings.Levels);
        Assert.Equal("memory", ceilings.LevelOf(long.MaxValue).Name);
        Assert.Equal(ceilings.Levels[0], ceilings.LevelOf(1));
    }

    [Fact]
    public void The_floor_is_the_longer_of_arithmetic_and_memory()
    {
        var ceilings = MachineCeilings.Measure(seconds: 0.003);
        (double arithmetic, double memory, double floor) = ceilings.Least(new OpWork("MatMul", 1 << 20, 1 << 10));
        Assert.Equal((1 << 20) / ceilings.MultiplyAdds[0].PerSecond, arithmetic);
        Assert.Equal((1 << 10) / ceilings.Levels[0].BytesPerSecond, memory);
        Assert.Equal(Math.Max(arithmetic, memory), floor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_time_that_is_not_above_zero_is_refused(double seconds) =>
        Assert.All<Func<object>>(
            [() => MachineCeilings.Measure(seconds: seconds), () => MachineCeilings.MeasureReading(1, seconds: seconds)],
            measure => Assert.Throws<ArgumentOutOfRangeException>(measure));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1 << 20, 1)]
    [InlineData(1 << 20, 2)]
    public void A_working_set_of_any_size_is_read(long bytes, int threads) => Assert.True(MachineCeilings.MeasureReading(bytes, threads, 0.003) > 1e6);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1025)]
    public void Nothing_to_read_and_nobody_to_read_it_are_refused(long bytes, int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MachineCeilings.MeasureReading(bytes, threads, 0.003));

    [Fact]
    public void The_loops_of_all_widths_do_what_they_say()
    {
        Check<Vector512<float>, Simd512<float>>();
        Check<Vector256<float>, Simd256<float>>();
        Check<Vector128<float>, Simd128<float>>();
        Check<float, SimdScalar<float>>();
    }

    private static unsafe void Check<TVector, TSimd>()
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        float[] data = new float[3 * 256];
        for (int i = 0; i < data.Length; i++) data[i] = i % 7;
        float expected = data.Sum();
        fixed (float* p = data)
        {
            Assert.Equal(expected, CeilingKernel<TVector, TSimd>.Read(p, data.Length));
            CeilingKernel<TVector, TSimd>.Triad(p, p + 256, p + 512, 256);
        }

        for (int i = 0; i < 256; i++) Assert.Equal(data[256 + i] + (0.5f * data[512 + i]), data[i]);
        Assert.InRange(CeilingKernel<TVector, TSimd>.MultiplyAdds(20_000), TSimd.Count * 12 * 0.9f, TSimd.Count * 12 * 1.1f);
    }
}
