using FsCheck;
using FsCheck.Fluent;
using Workspaces.IO;

namespace Workspaces.Tests.IO;

public class IdxReaderTests
{
    private static readonly string Mnist = Path.Combine(AppContext.BaseDirectory, "data", "mnist");

    private static IdxArray Read(byte[] file, IdxReadOptions? options = null) =>
        IdxReader.Read(new MemoryStream(file), "a stream", options);

    [Theory]
    [InlineData("train", 8000)]
    [InlineData("test", 2000)]
    public void The_digits_of_the_examples_are_read(string part, int count)
    {
        var images = IdxReader.Read(Path.Combine(Mnist, $"{part}-images-idx3-ubyte.gz"), new() { ExpectedMagic = IdxReader.ImagesMagic });
        var labels = IdxReader.Read(Path.Combine(Mnist, $"{part}-labels-idx1-ubyte.gz"), new() { ExpectedMagic = IdxReader.LabelsMagic });
        Assert.Equal([count, 28, 28], images.Shape);
        Assert.Equal([count], labels.Shape);
        Assert.Equal(count * 784, images.AsSpan<byte>().Length);
        Assert.Equal(255, images.Bytes.ToArray().Max());
        Assert.Equal(10, labels.Bytes.ToArray().Distinct().Count());
    }

    [Fact]
    public void Every_type_comes_back_in_this_machines_byte_order()
    {
        Assert.Equal([0, 255], Read(IdxWriter.Write(IdxType.UInt8, [2], [0, 255])).AsSpan<byte>().ToArray());
        Assert.Equal([-1, 2], Read(IdxWriter.Write(IdxType.Int8, [2], [255, 2])).AsSpan<sbyte>().ToArray());
        Assert.Equal([258, -2], Read(IdxWriter.Write(IdxType.Int16, [2], [1, 2, 255, 254])).AsSpan<short>().ToArray());
        Assert.Equal([0x01020304, -2], Read(IdxWriter.Write(IdxType.Int32, [2], [1, 2, 3, 4, 255, 255, 255, 254])).AsSpan<int>().ToArray());
        var floats = IdxWriter.Write(IdxType.Float32, [2], [0x3F, 0x80, 0, 0, 0xC0, 0x20, 0, 0]);
        Assert.Equal([1f, -2.5f], Read(floats).AsSpan<float>().ToArray());
        Assert.Equal([1.0], Read(IdxWriter.Write(IdxType.Float64, [1], [0x3F, 0xF0, 0, 0, 0, 0, 0, 0])).AsSpan<double>().ToArray());
    }

    [Fact]
    public void Asking_for_another_element_type_is_refused()
    {
        var array = Read(IdxWriter.Counting(3));
        var error = Assert.Throws<InvalidOperationException>(() => array.AsSpan<sbyte>().Length);
        Assert.Contains("UInt8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gzip_is_known_by_content_and_not_by_name()
    {
        using var folder = new TemporaryFolder();
        var plain = IdxWriter.Counting(2, 3);
        Assert.Equal(6, IdxReader.Read(folder.Write("plain.gz", plain)).Count);
        Assert.Equal(6, IdxReader.Read(folder.Write("packed", IdxWriter.Gzip(plain))).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pipe_that_gives_three_bytes_at_a_time_is_read_and_stays_open(bool gzip)
    {
        var file = IdxWriter.Counting(300, 300);
        using var pipe = new ForwardOnlyStream(gzip ? IdxWriter.Gzip(file) : file, 3);
        Assert.Equal(file.AsSpan(12), IdxReader.Read(pipe, "pipe").Bytes);
        Assert.True(pipe.CanRead);
    }

    [Fact]
    public void A_stream_is_read_from_its_position()
    {
        using var stream = new MemoryStream([9, 9, 9, .. IdxWriter.Counting(4)]) { Position = 3 };
        Assert.Equal([0, 1, 2, 3], IdxReader.Read(stream, "a stream").Bytes.ToArray());
    }

    [Fact]
    public void A_large_gzip_file_grows_to_its_size()
    {
        var file = IdxWriter.Counting(1000, 777);
        Assert.Equal(file.AsSpan(12), Read(IdxWriter.Gzip(file)).Bytes);
    }

    [Fact]
    public void The_limit_may_be_met_exactly() =>
        Assert.Equal(24, Read(IdxWriter.Counting(4, 6), new() { MaxBytes = 24 }).Count);

    [Fact]
    public void Any_shape_and_type_that_is_written_is_read_back()
    {
        var shapes = Gen.Choose(1, 5).ListOf(4).Select(list => list.Select(size => (uint)size).ToArray());
        var ranks = Gen.Choose(1, 4);
        var types = Gen.Elements(Enum.GetValues<IdxType>());
        var cases = from shape in shapes from rank in ranks from type in types from gzip in ArbMap.Default.GeneratorFor<bool>()
                    from seed in Gen.Choose(0, int.MaxValue)
                    select (Shape: shape[..rank], Type: type, Gzip: gzip, Seed: seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var count = c.Shape.Aggregate(1, (product, size) => product * (int)size);
            var data = new byte[count * IdxFormat.SizeOf(c.Type)];
            new Random(c.Seed).NextBytes(data);
            var file = IdxWriter.Write(c.Type, c.Shape, data);
            var array = Read(c.Gzip ? IdxWriter.Gzip(file) : file);
            IdxFormat.ToHostOrder(c.Type, data);
            return array.Type == c.Type && array.Count == count && array.Bytes.SequenceEqual(data)
                && array.Shape.SequenceEqual(c.Shape.Select(size => (long)size).ToArray());
        }).QuickCheckThrowOnFailure();
    }
}
