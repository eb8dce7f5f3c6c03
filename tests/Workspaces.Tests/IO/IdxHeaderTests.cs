using Workspaces.Data;
using Workspaces.IO;
using Workspaces.Memory;

namespace Workspaces.Tests.IO;

/// <summary>Heads of IDX files, without their elements.</summary>
public sealed class IdxHeaderTests
{
    private static readonly string Mnist = Path.Combine(TestFolders.Root, "examples", "data", "mnist");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_head_says_what_the_whole_file_says(bool zipped)
    {
        using var folder = new TemporaryFolder();
        byte[] file = IdxWriter.Counting(7, 5, 3);
        string path = folder.Write("array", zipped ? IdxWriter.Gzip(file) : file);

        IdxHeader header = IdxReader.ReadHeader(path);
        IdxArray whole = IdxReader.Read(path);

        Assert.Equal(whole.Type, header.Type);
        Assert.Equal(whole.Shape, header.Shape);
        Assert.Equal(path, header.Name);
    }

    [Fact]
    public void Elements_are_not_read_but_the_length_of_a_plain_file_is_checked()
    {
        using var folder = new TemporaryFolder();
        byte[] file = IdxWriter.Counting(7, 5, 3);
        string cutZip = folder.Write("cut.gz", IdxWriter.Gzip(file.AsSpan(0, 16)));
        Assert.Equal([7, 5, 3], IdxReader.ReadHeader(cutZip).Shape);
        Assert.Throws<InvalidDataException>(() => IdxReader.Read(cutZip));
        foreach (byte[] wrong in (byte[][])[file[..^1], [.. file, 0], file[..6], file[..1], [], [1, 2, 3, 4, 5, 6, 7, 8]])
        {
            string path = folder.Write("wrong", wrong);
            string message = Assert.Throws<InvalidDataException>(() => IdxReader.ReadHeader(path)).Message;
            Assert.Equal(Assert.Throws<InvalidDataException>(() => IdxReader.Read(path)).Message, message);
        }

        Assert.Throws<FileNotFoundException>(() => IdxReader.ReadHeader(Path.Combine(Mnist, "none")));
        Assert.Throws<InvalidDataException>(() => IdxReader.ReadHeader(folder.Write("other", file), new() { ExpectedMagic = IdxReader.LabelsMagic }));
        Assert.Throws<InvalidDataException>(() => IdxReader.ReadHeader(folder.Write("large", file), new() { MaxBytes = 104 }));
    }

    [Theory]
    [InlineData(DataSplit.Train)]
    [InlineData(DataSplit.Test)]
    public void The_shape_of_a_data_set_is_that_of_the_loaded_one(DataSplit split)
    {
        DataSetShape shape = MnistDataSet.LoadShape(Mnist, split);
        LabeledImages loaded = MnistDataSet.Load(Mnist, split);

        Assert.Equal((loaded.Name, loaded.Count, loaded.FeatureCount, loaded.ClassCount), (shape.Name, shape.Count, shape.FeatureCount, shape.ClassCount));
        Assert.Equal(loaded.FeatureShape, shape.FeatureShape);
        Assert.Throws<ShapesOnlyException>(() => shape.CopySample(0, new float[784], out _));
        Assert.Throws<DirectoryNotFoundException>(() => MnistDataSet.LoadShape("nowhere", split));
    }

    [Fact]
    public void Sizes_that_no_sample_has_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new DataSetShape("empty", 1, [3, 0], 2));
        Assert.Throws<ArgumentException>(() => new DataSetShape("huge", 1, [1 << 20, 1 << 20], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataSetShape("none", 0, [3], 2));
    }
}
