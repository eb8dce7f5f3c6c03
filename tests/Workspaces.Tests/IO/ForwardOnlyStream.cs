using Workspaces.IO;

namespace Workspaces.Tests.IO;

/// <summary>A stream like a pipe that gives at most a few bytes a read.</summary>
internal sealed class ForwardOnlyStream(byte[] content, int atMost) : ForwardStream
{
    private int _position;

    public override int Read(Span<byte> buffer)
    {
        var given = Math.Min(Math.Min(buffer.Length, atMost), content.Length - _position);
        content.AsSpan(_position, given).CopyTo(buffer);
        _position += given;
        return given;
    }
}
