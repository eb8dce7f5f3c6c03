using Workspaces.Data;

namespace Workspaces.Tests.Data;

public class PixelScalingTests
{
    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(0.1307f, 0.3081f)]
    [InlineData(-3f, 1e-3f)]
    public void Every_byte_at_every_length_equals_the_formula_bit_for_bit(float mean, float deviation)
    {
        var scaling = new PixelScaling(mean, deviation);
        for (var length = 0; length <= 300; length++)
        {
            var pixels = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            var features = new float[length];
            scaling.Apply(pixels, features);
            Assert.Equal(pixels.Select(pixel => ((pixel / 255f) - mean) / deviation), features);
        }
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(0f, 0f)]
    [InlineData(0f, -1f)]
    [InlineData(0f, float.NaN)]
    [InlineData(0f, float.PositiveInfinity)]
    public void Figures_that_scale_to_nothing_are_refused(float mean, float deviation) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PixelScaling(mean, deviation));

    [Fact]
    public void Lengths_must_agree() =>
        Assert.Throws<ArgumentException>(() => PixelScaling.Unit.Apply(new byte[3], new float[4]));
}
