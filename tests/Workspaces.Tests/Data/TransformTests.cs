using Workspaces.Data;
using Workspaces.Data.Transforms;

namespace Workspaces.Tests.Data;

/// <summary>Transforms, each against what it must give.</summary>
public sealed class TransformTests
{
    private static float[] Apply(IDataTransform transform, long[] shape, float[] source, ulong draw = 0)
    {
        var result = new float[transform.ShapeOf(shape).Aggregate(1L, static (a, b) => a * b)];
        Array.Fill(result, float.NaN);
        transform.Apply(shape, source, result, draw);
        return result;
    }

    [Fact]
    public void Normalize_takes_one_pair_of_numbers_one_a_channel_or_one_a_feature()
    {
        Assert.Equal([0f, 0.5f], Apply(new Normalize([1], [2]), [2], [1, 2]));
        Assert.Equal([0f, 1, 0, 0.5f], Apply(new Normalize([1, 3], [1, 2]), [2, 2], [1, 2, 3, 4]));
        Assert.Equal([0f, 0, 0, 1], Apply(new Normalize([1, 2, 3, 4], [1, 1, 1, 4]), [2, 2], [1, 2, 3, 8]));
        Assert.Throws<ArgumentException>(() => new Normalize([1, 2, 3], [1, 1, 1]).ShapeOf([2, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Normalize([1], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Normalize([float.NaN], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Normalize([1], [1, 2]));
    }

    [Fact]
    public void Standardized_training_data_has_mean_0_and_deviation_1_and_a_constant_is_only_centred()
    {
        var random = new Random(4);
        float[] features = [.. Enumerable.Range(0, 3000).Select(i => i % 3 == 2 ? 1234.5f : (float)((random.NextDouble() * 10) + (1000 * (i % 3))))];
        IDataSet raw = DataSets.OfArrays("raw", features, [3], new long[1000], 1), data = raw.Transform(Normalize.StandardizeBy(raw));
        double[] sum = new double[3], squares = new double[3];
        var row = new float[3];
        for (int i = 0; i < data.Count; i++)
        {
            data.CopySample(i, row, out _);
            for (int k = 0; k < 3; k++)
            {
                sum[k] += row[k] / 1000.0;
                squares[k] += row[k] * (double)row[k] / 1000.0;
            }
        }

        Assert.All(sum, static mean => Assert.InRange(mean, -1e-4, 1e-4));
        Assert.InRange(squares[0], 0.999, 1.001);
        Assert.InRange(squares[1], 0.999, 1.001);
        Assert.Equal(0, squares[2]);
    }

    [Fact]
    public void One_hot_spreads_one_feature_and_refuses_what_is_no_value()
    {
        Assert.Equal([5f, 0, 0, 1, 7], Apply(new OneHot(1, 3), [3], [5, 2, 7]));
        foreach (float wrong in (float[])[3, -1, 0.5f, float.NaN, float.PositiveInfinity])
            Assert.Throws<InvalidDataException>(() => Apply(new OneHot(0, 3), [1], [wrong]));
        Assert.Throws<ArgumentException>(() => new OneHot(3, 2).ShapeOf([3]));
        Assert.Throws<ArgumentException>(() => new OneHot(0, 2).ShapeOf([3, 3]));
    }

    [Fact]
    public void Flips_mirror_rows_or_columns_of_every_channel()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8];
        Assert.Equal([2f, 1, 4, 3, 6, 5, 8, 7], Apply(new RandomFlip(1), [2, 2, 2], image));
        Assert.Equal([3f, 4, 1, 2, 7, 8, 5, 6], Apply(new RandomFlip(1, vertical: true), [2, 2, 2], image));
        Assert.Equal(image, Apply(new RandomFlip(0), [2, 2, 2], image));
        Assert.Throws<ArgumentException>(() => new RandomFlip().ShapeOf([4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomFlip(1.5));
    }

    [Fact]
    public void Crops_are_windows_of_the_padded_image_and_every_place_comes()
    {
        float[] image = [.. Enumerable.Range(1, 2 * 3 * 4).Select(static i => (float)i)];
        var seen = new HashSet<(int, int)>();
        for (ulong draw = 0; draw < 400; draw++)
        {
            float[] crop = Apply(new RandomCrop(2, 3, 1), [2, 3, 4], image, draw);
            bool found = false;
            for (int top = -1; top <= 2 && !found; top++)
            {
                for (int left = -1; left <= 2 && !found; left++)
                {
                    float[] window =
                    [
                        .. from c in Enumerable.Range(0, 2) from y in Enumerable.Range(top, 2) from x in Enumerable.Range(left, 3)
                           select y is >= 0 and < 3 && x is >= 0 and < 4 ? image[(c * 12) + (y * 4) + x] : 0,
                    ];
                    found = crop.SequenceEqual(window);
                    if (found) seen.Add((top, left));
                }
            }

            Assert.True(found, $"draw {draw}");
        }

        Assert.Equal(16, seen.Count);
        Assert.Throws<ArgumentException>(() => new RandomCrop(5, 3).ShapeOf([3, 4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomCrop(0, 3));
    }

    [Fact]
    public void Random_samples_depend_on_seed_epoch_and_number_only()
    {
        IDataSet Make(ulong seed) => DataSets.OfArrays("images", [.. Enumerable.Range(0, 5 * 64).Select(static i => (float)i)], [8, 8], new long[5], 1)
            .Transform(seed, new RandomCrop(8, 8, 4), new RandomFlip());
        static float[] Sample(IDataSet data, int epoch, int index)
        {
            ((IEpochDataSet)data).BeginEpoch(epoch);
            var sample = new float[64];
            data.CopySample(index, sample, out _);
            return sample;
        }

        IDataSet first = Make(1), second = Make(1);
        Assert.Equal(Sample(first, 2, 3), Sample(second, 2, 3));
        Assert.NotEqual(Sample(first, 0, 3), Sample(first, 1, 3));
        Assert.NotEqual(Sample(Make(7), 0, 3), Sample(first, 0, 3));
    }
}
