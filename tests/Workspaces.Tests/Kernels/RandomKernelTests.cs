using Workspaces.Kernels.Random;

namespace Workspaces.Tests.Kernels;

public class RandomKernelTests : KernelConformance
{
    [Theory]
    [InlineData(0UL, 0UL, 0UL, new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        0x299f31d0a4093822UL, 0x0370734413198a2eUL, 0x85a308d3243f6a88UL, new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void A_block_equals_the_published_known_answers(ulong seed, ulong stream, ulong counter, uint[] expected)
    {
        Philox.UInt4 block = Philox.Block(seed, stream, counter);
        Assert.Equal(expected, new[] { block[0], block[1], block[2], block[3] });
    }

    [Fact]
    public void Any_part_of_a_stream_equals_that_part_of_the_whole()
    {
        uint[] whole = new uint[1000];
        Philox.Fill(42, 7, 0, whole);
        for (int number = 0; number < whole.Length; number++)
            Assert.Equal(Philox.Block(42, 7, (ulong)number / 4)[number % 4], whole[number]);
        foreach (int offset in new[] { 0, 1, 2, 3, 4, 5, 31, 32, 33, 500 })
        {
            foreach (int length in Sizes.Where(size => size + offset <= whole.Length))
                Assert.Equal(whole[offset..(offset + length)], Guarded<uint>(new uint[length], s => Philox.Fill(42, 7, (ulong)offset, s)));
        }
    }

    [Fact]
    public void Offsets_beyond_32_bits_continue_the_stream()
    {
        uint[] part = new uint[80];
        ulong offset = (1UL << 34) - 37;
        Philox.Fill(1, 2, offset, part);
        for (int i = 0; i < part.Length; i++)
            Assert.Equal(Philox.Block(1, 2, (offset + (ulong)i) / 4)[(int)((offset + (ulong)i) % 4)], part[i]);
    }

    [Fact]
    public void Uniform_numbers_lie_in_the_unit_interval_and_are_uniform()
    {
        float[] single = new float[100_000];
        double[] wide = new double[100_000];
        Philox.FillUniform(3, 0, 0, single);
        Philox.FillUniform(3, 1, 0, wide);
        Assert.All(single, v => Assert.InRange(v, 0, MathF.BitDecrement(1)));
        Assert.All(wide, v => Assert.InRange(v, 0, Math.BitDecrement(1)));
        foreach (double[] x in new[] { Doubles(single), wide })
        {
            int[] bins = new int[16];
            foreach (double v in x)
                bins[(int)(v * 16)]++;
            double chiSquare = bins.Sum(count => Math.Pow(count - 6250, 2) / 6250);
            Assert.InRange(chiSquare, 2, 45);
            Assert.InRange(x.Average(), 0.495, 0.505);
        }
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_its_parts_agree_with_the_whole()
    {
        float[] x = Normal(10_000, 1), y = new float[x.Length], dx = new float[x.Length];
        byte[] mask = new byte[x.Length];
        Dropout.Forward<float>(x, y, mask, 0.3, 5, 9);
        Assert.InRange(mask.Count(m => m == 0) / 10_000.0, 0.27, 0.33);
        Assert.All(Enumerable.Range(0, x.Length), i => Assert.Equal(mask[i] == 1 ? x[i] * (float)(1 / 0.7) : 0, y[i]));
        Dropout.Backward<float>(x, mask, dx, 0.3);
        Assert.Equal(y, dx);
        float[] part = new float[777];
        byte[] partMask = new byte[777];
        Dropout.Forward<float>(x.AsSpan(1234, 777), part, partMask, 0.3, 5, 9, 1234);
        Assert.Equal(y[1234..(1234 + 777)], part);
        Assert.Equal(mask[1234..(1234 + 777)], partMask);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Dropout_of_nothing_and_of_everything(double probability)
    {
        float[] x = [1, float.PositiveInfinity, 3], y = new float[3];
        byte[] mask = new byte[3];
        Dropout.Forward<float>(x, y, mask, probability, 1, 1);
        Assert.Equal(probability == 0 ? x : new float[3], y);
        Dropout.Backward<float>(x, mask, y, probability);
        Assert.Equal(probability == 0 ? x : new float[3], y);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void An_impossible_probability_is_refused(double probability) =>
        Assert.Throws<ArgumentException>(() => Dropout.Forward<float>([1], new float[1], new byte[1], probability, 1, 1));
}
