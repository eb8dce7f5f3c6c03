using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

public class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("  4096  ", 4096)]
    [InlineData("12 B", 12)]
    [InlineData("1 byte", 1)]
    [InlineData("3 bytes", 3)]
    [InlineData("1KB", 1_000)]
    [InlineData("1 KiB", 1_024)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("64 MiB", 64L << 20)]
    [InlineData("64mib", 64L << 20)]
    [InlineData("64 MIB", 64L << 20)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("0.1 KiB", 102)]
    [InlineData("2 TB", 2_000_000_000_000)]
    [InlineData("2 TiB", 2L << 40)]
    [InlineData("1 PB", 1_000_000_000_000_000)]
    [InlineData("1 PiB", 1L << 50)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Reads_bytes_and_units(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text).Bytes);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("-1", "negative")]
    [InlineData("-1 MiB", "negative")]
    [InlineData("NaN", "digit")]
    [InlineData("Infinity", "digit")]
    [InlineData("MiB", "digit")]
    [InlineData("+1", "digit")]
    [InlineData("12 furlongs", "no unit")]
    [InlineData("64 MiB x", "no unit")]
    [InlineData("64 MiB 3", "no unit")]
    [InlineData("1e9", "no unit")]
    [InlineData("4,096", "no unit")]
    [InlineData("64M", "ambiguous")]
    [InlineData("64 k", "KiB")]
    [InlineData("0.5", "whole")]
    [InlineData("0.5 B", "whole")]
    [InlineData("1.2.3 KB", "not a number")]
    [InlineData(".5 KB", "digit|number")]
    [InlineData("5. KB", "not a number")]
    [InlineData("9223372036854775808", "more than")]
    [InlineData("9000 PiB", "more than")]
    [InlineData("99999999999999999999999999999999999999", "more than")]
    [InlineData("1\0", "no unit")]
    public void Refuses_what_is_no_size_and_says_why(string text, string reason)
    {
        Assert.False(ByteSize.TryParse(text, out var size, out var error));
        Assert.Equal(0, size.Bytes);
        Assert.Contains(reason.Split('|'), part => error.Contains(part, StringComparison.Ordinal));
        Assert.Contains(error, Assert.Throws<FormatException>(() => ByteSize.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_null_and_endless_texts()
    {
        Assert.False(ByteSize.TryParse(null, out _, out var error));
        Assert.Contains("empty", error, StringComparison.Ordinal);
        Assert.False(ByteSize.TryParse(new string('1', 1_000_000), out _, out error));
        Assert.Contains("64 characters", error, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => ByteSize.Parse(null!));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1152, "1.125 KiB")]
    [InlineData(3L << 29, "1.5 GiB")]
    [InlineData(1_000_000, "1000000 B")]
    [InlineData(long.MaxValue, "9223372036854775807 B")]
    [InlineData(-5, "-5 B")]
    public void Prints_the_largest_unit_that_is_exact(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Fact]
    public void Printing_and_reading_gives_the_same_bytes()
    {
        var sizes = ArbMap.Default.GeneratorFor<long>().Select(number => number & long.MaxValue);
        var round = Gen.Choose(0, 12).SelectMany(shift => Gen.Choose(0, 1 << 20).Select(number => (long)number << (shift * 3)));
        Prop.ForAll(Gen.OneOf(sizes, round).ToArbitrary(), bytes => ByteSize.Parse(ByteSize.Format(bytes)).Bytes == bytes)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_at_all_throws_from_TryParse() =>
        Prop.ForAll<string>(text => !ByteSize.TryParse(text, out var size, out var error) ? error.Length > 0 : size.Bytes >= 0)
            .QuickCheckThrowOnFailure();
}
