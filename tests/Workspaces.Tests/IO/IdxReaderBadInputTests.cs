using Workspaces.IO;

namespace Workspaces.Tests.IO;

public class IdxReaderBadInputTests
{
    private static string Message(byte[] file, IdxReadOptions? options = null)
    {
        var error = Assert.Throws<InvalidDataException>(() => IdxReader.Read(new MemoryStream(file), "digits.idx", options));
        Assert.Contains("IdxReader.Read", error.Message, StringComparison.Ordinal);
        Assert.Contains("'digits.idx'", error.Message, StringComparison.Ordinal);
        return error.Message;
    }

    private static void Says(byte[] file, params string[] parts)
    {
        var message = Message(file);
        foreach (var part in parts)
            Assert.Contains(part, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named_with_its_full_path()
    {
        var error = Assert.Throws<FileNotFoundException>(() => IdxReader.Read("no-such.idx"));
        Assert.Equal("no-such.idx", error.FileName);
        Assert.Contains(Path.GetFullPath("no-such.idx"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_called_a_folder()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<FileNotFoundException>(() => IdxReader.Read(folder.Path));
        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_and_empty_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => IdxReader.Read(""));
        Assert.Throws<ArgumentNullException>(() => IdxReader.Read((Stream)null!, "name"));
        Assert.Throws<ArgumentNullException>(() => IdxReader.Read(Stream.Null, null!));
    }

    [Fact]
    public void An_empty_file_is_called_empty() => Says([], "empty (0 bytes");

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(4, 12)]
    [InlineData(11, 12)]
    public void A_header_cut_short_says_how_many_bytes_it_wanted_and_found(int found, int wanted) =>
        Says(IdxWriter.Counting(2, 3)[..found], $"wanted {wanted} bytes", $"found {found} bytes");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Data_cut_short_says_how_many_bytes_it_wanted_and_found(bool gzip)
    {
        var cut = IdxWriter.Counting(50, 60)[..^100];
        Says(gzip ? IdxWriter.Gzip(cut) : cut, "50×60 UInt8 wants 3,000 bytes", "found 2,900 bytes");
    }

    [Fact]
    public void Trailing_bytes_are_counted_when_the_length_is_known()
    {
        byte[] file = [.. IdxWriter.Counting(5), 1, 2, 3];
        Says(file, "3 bytes after the 5 bytes");
        Says(IdxWriter.Gzip(file), "more bytes follow after the 5 bytes");
    }

    [Fact]
    public void Another_format_is_shown_by_its_first_bytes() => Says("PK\x03\x04 an archive"u8.ToArray(), "0x504B0304");

    [Fact]
    public void An_unknown_type_code_is_shown() => Says(IdxWriter.Write(0x0A, [1], [0]), "0x0A");

    [Fact]
    public void Exchanged_images_and_labels_are_told_apart()
    {
        var labels = IdxWriter.Counting(5);
        var message = Message(labels, new() { ExpectedMagic = IdxReader.ImagesMagic });
        Assert.Contains("0x00000801, wanted 0x00000803", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rank_zero_is_refused() => Says(IdxWriter.Write(IdxType.UInt8, [], [7]), "0 dimensions");

    [Fact]
    public void A_zero_dimension_is_refused_with_its_place() =>
        Says(IdxWriter.Write(IdxType.UInt8, [3, 0, 2], []), "dimension 1 of 3 has size 0");

    [Fact]
    public void Dimensions_that_overflow_64_bits_are_refused()
    {
        uint[] shape = [.. Enumerable.Repeat(uint.MaxValue, 255)];
        Says(IdxWriter.Write(IdxType.Float64, shape, []), "(255 dimensions)", "more than the limit of 1,073,741,824 bytes");
        // 2^31 × 2^31 × 4 is 0 modulo 2^64: a product taken without care would pass.
        Says(IdxWriter.Write(IdxType.UInt8, [0x8000_0000, 0x8000_0000, 4], []), "more than the limit");
    }

    [Theory]
    [InlineData(IdxType.UInt8, 25)]
    [InlineData(IdxType.Float64, 4)]
    public void The_limit_counts_bytes(IdxType type, uint count)
    {
        var file = IdxWriter.Write(type, [count], new byte[count * IdxFormat.SizeOf(type)]);
        Assert.Contains("limit of 24 bytes", Message(file, new() { MaxBytes = 24 }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_limit_out_of_range_is_refused(long maxBytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IdxReader.Read(Stream.Null, "s", new() { MaxBytes = maxBytes }));

    [Fact]
    public void A_small_file_that_promises_a_lot_costs_little()
    {
        var bomb = IdxWriter.Gzip(IdxWriter.Write(IdxType.UInt8, [1 << 30], new byte[100_000]));
        Message(bomb);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Message(bomb);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void A_gzip_file_cut_anywhere_is_refused()
    {
        var packed = IdxWriter.Gzip(IdxWriter.Counting(20, 30));
        for (var length = 2; length < packed.Length; length++)
            Message(packed[..length]);
    }

    [Fact]
    public void A_gzip_file_with_a_wrong_checksum_or_bytes_after_its_end_is_refused()
    {
        var packed = IdxWriter.Gzip(IdxWriter.Counting(20, 30));
        var damaged = packed.ToArray();
        damaged[^6] ^= 1;
        Says(damaged, "gzip stream is corrupt");
        Says([.. packed, 1, 2, 3, 4, 5], "gzip stream is corrupt", "bytes follow");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Random_damage_never_ends_in_another_exception(bool gzip)
    {
        const int Seed = 20;
        var random = new Random(Seed);
        var plain = IdxWriter.Counting(3, 20, 20);
        var file = gzip ? IdxWriter.Gzip(plain) : plain;
        var refused = 0;
        for (var round = 0; round < 3000; round++)
        {
            var damaged = file.ToArray();
            // Headers decide most: every second round hits one.
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                damaged[random.Next(round % 2 == 0 ? 20 : damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(4) == 0)
                damaged = damaged[..random.Next(damaged.Length + 1)];
            try
            {
                IdxReader.Read(new MemoryStream(damaged), "damaged");
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1000, 3000);
    }
}
