using Workspaces.Data;
using Workspaces.IO;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Data;

public class MnistDataSetTests
{
    private static readonly string Mnist = Path.Combine(AppContext.BaseDirectory, "data", "mnist");

    private static byte[] Images(uint count, uint side = 28) => IdxWriter.Counting(count, side, side);

    private static byte[] Labels(params byte[] labels) => IdxWriter.Write(IdxType.UInt8, [(uint)labels.Length], labels);

    private static void Fill(TemporaryFolder folder, byte[] images, byte[] labels)
    {
        folder.Write("train-images-idx3-ubyte", images);
        folder.Write("train-labels-idx1-ubyte", labels);
    }

    [Theory]
    [InlineData(DataSplit.Train, 8000)]
    [InlineData(DataSplit.Test, 2000)]
    public void The_digits_of_the_examples_load(DataSplit split, int count)
    {
        var digits = MnistDataSet.Load(Mnist, split);
        Assert.Equal(count, digits.Count);
        Assert.Equal([1, 28, 28], digits.FeatureShape);
        Assert.Equal(784, digits.FeatureCount);
        Assert.Equal(10, digits.ClassCount);

        var features = new float[784];
        for (var i = 0; i < count; i++)
        {
            digits.CopySample(i, features, out var label);
            Assert.InRange(label, 0, 9);
            Assert.Equal(label, digits.Label(i));
            Assert.Equal(0f, features.Min());
            Assert.InRange(features.Max(), 0.5f, 1f);
            Assert.Equal(digits.Pixels(i)[400] / 255f, features[400]);
        }
    }

    [Fact]
    public void The_customary_scaling_gives_the_digits_mean_0_and_deviation_1()
    {
        var digits = MnistDataSet.Load(Mnist, DataSplit.Train, PixelScaling.Mnist);
        var features = new float[784];
        double sum = 0, squares = 0;
        for (var i = 0; i < digits.Count; i++)
        {
            digits.CopySample(i, features, out _);
            foreach (var value in features)
            {
                sum += value;
                squares += (double)value * value;
            }
        }
        var mean = sum / (digits.Count * 784.0);
        Assert.InRange(mean, -0.02, 0.02);
        Assert.InRange(Math.Sqrt((squares / (digits.Count * 784.0)) - (mean * mean)), 0.98, 1.02);
    }

    [Fact]
    public void A_batch_is_its_samples_one_after_the_other()
    {
        var digits = MnistDataSet.Load(Mnist, DataSplit.Test);
        int[] indices = [5, 0, 1999, 5];
        var features = new float[4 * 784];
        var labels = new long[4];
        digits.CopyBatch(indices, features, labels);
        var one = new float[784];
        for (var i = 0; i < indices.Length; i++)
        {
            digits.CopySample(indices[i], one, out var label);
            Assert.Equal(label, labels[i]);
            Assert.Equal(one, features[(i * 784)..((i + 1) * 784)]);
        }
        Assert.Throws<ArgumentException>(() => digits.CopyBatch(indices, features, labels.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => digits.CopyBatch(indices, features.AsSpan(1), labels));
    }

    [Fact]
    public void Copying_batches_makes_no_garbage()
    {
        var digits = MnistDataSet.Load(Mnist, DataSplit.Test, PixelScaling.Mnist);
        var sampler = new IndexSampler(digits.Count, 64, SamplingOrder.Shuffled, seed: 3);
        var features = new float[64 * 784];
        var labels = new long[64];
        long before = 0;
        for (var epoch = 0; epoch < 4; epoch++)
        {
            if (epoch == 1)
                before = GC.GetAllocatedBytesForCurrentThread();
            sampler.StartEpoch(epoch);
            for (var b = 0; b < sampler.BatchCount; b++)
            {
                var batch = sampler.Batch(b);
                digits.CopyBatch(batch, features.AsSpan(0, batch.Length * 784), labels.AsSpan(0, batch.Length));
            }
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Plain_files_and_the_original_names_of_the_test_part_are_found()
    {
        using var folder = new TemporaryFolder();
        folder.Write("t10k-images-idx3-ubyte", Images(2));
        folder.Write("t10k-labels-idx1-ubyte.gz", IdxWriter.Gzip(Labels(3, 4)));
        var digits = MnistDataSet.Load(folder.Path, DataSplit.Test);
        Assert.Equal(4, digits.Label(1));
    }

    [Fact]
    public void A_missing_folder_or_file_is_named()
    {
        Assert.Throws<DirectoryNotFoundException>(() => MnistDataSet.Load("no-such-folder", DataSplit.Train));
        using var folder = new TemporaryFolder();
        folder.Write("train-images-idx3-ubyte", Images(1));
        var error = Assert.Throws<FileNotFoundException>(() => MnistDataSet.Load(folder.Path, DataSplit.Train));
        Assert.Contains("train-labels-idx1-ubyte.gz", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => MnistDataSet.Load(folder.Path, (DataSplit)7));
    }

    [Fact]
    public void Counts_that_differ_are_refused_with_both_numbers()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, Images(3), Labels(1, 2));
        var error = Assert.Throws<InvalidDataException>(() => MnistDataSet.Load(folder.Path, DataSplit.Train));
        Assert.Contains("3 images", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 labels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_out_of_range_is_refused_with_file_and_index()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, Images(3), Labels(1, 9, 10));
        var error = Assert.Throws<InvalidDataException>(() => MnistDataSet.Load(folder.Path, DataSplit.Train));
        Assert.Contains("label 2 of", error.Message, StringComparison.Ordinal);
        Assert.Contains("train-labels-idx1-ubyte' is 10", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, MnistDataSet.Load(folder.Path, DataSplit.Train, classCount: 11).Count);
        Assert.Equal(3, MnistDataSet.Load(folder.Path, DataSplit.Train, classCount: 256).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => MnistDataSet.Load(folder.Path, DataSplit.Train, classCount: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MnistDataSet.Load(folder.Path, DataSplit.Train, classCount: 257));
    }

    [Fact]
    public void Images_of_another_size_or_exchanged_files_are_refused()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, Images(1, side: 27), Labels(1));
        var error = Assert.Throws<InvalidDataException>(() => MnistDataSet.Load(folder.Path, DataSplit.Train));
        Assert.Contains("(1, 27, 27)", error.Message, StringComparison.Ordinal);
        Fill(folder, Labels(1), Images(1));
        Assert.Throws<InvalidDataException>(() => MnistDataSet.Load(folder.Path, DataSplit.Train));
    }

    [Fact]
    public void Other_kinds_of_arrays_are_refused()
    {
        static IdxArray Read(byte[] file) => IdxReader.Read(new MemoryStream(file), "made up");
        var images = Read(Images(2));
        var labels = Read(Labels(1, 2));
        Assert.Throws<InvalidDataException>(() => new LabeledImages("d", labels, labels, 10));
        Assert.Throws<InvalidDataException>(() => new LabeledImages("d", images, images, 10));
        Assert.Throws<InvalidDataException>(() => new LabeledImages("d", images, Read(IdxWriter.Write(IdxType.Int8, [2], [1, 2])), 10));
        var colour = new LabeledImages("d", Read(IdxWriter.Counting(2, 3, 4, 5)), labels, 10);
        Assert.Equal([3, 4, 5], colour.FeatureShape);
        Assert.Equal(60, colour.FeatureCount);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2000)]
    [InlineData(int.MinValue)]
    public void A_sample_that_does_not_exist_is_refused(int index)
    {
        var digits = MnistDataSet.Load(Mnist, DataSplit.Test);
        var features = new float[784];
        Assert.Throws<ArgumentOutOfRangeException>(() => digits.CopySample(index, features, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => digits.Label(index));
        Assert.Throws<ArgumentException>(() => digits.CopySample(0, features.AsSpan(1), out _));
    }
}
