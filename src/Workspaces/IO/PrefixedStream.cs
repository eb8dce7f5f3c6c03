using System.Buffers.Binary;

namespace Workspaces.IO;

/// <summary>
/// Puts the bytes that were read to recognise a format back in front of the rest, for sources that cannot seek, and
/// remembers the last four bytes it gave out: in a complete gzip file of one member they are the unpacked length.
/// </summary>
internal sealed class PrefixedStream(byte[] prefix, int prefixLength, Stream rest, bool leaveOpen = true) : ForwardStream
{
    private int _position;
    private uint _lastFour;

    /// <summary>The last four bytes given out as a little-endian number, the byte order of gzip.</summary>
    internal uint LastFour => BinaryPrimitives.ReverseEndianness(_lastFour);

    public override int Read(Span<byte> buffer)
    {
        int count;
        if (_position < prefixLength)
        {
            count = Math.Min(buffer.Length, prefixLength - _position);
            prefix.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
        }
        else
        {
            count = rest.Read(buffer);
        }
        foreach (var value in buffer[Math.Max(0, count - sizeof(uint))..count])
            _lastFour = (_lastFour << 8) | value;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen) rest.Dispose();
        base.Dispose(disposing);
    }
}
