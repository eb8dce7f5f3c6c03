namespace Workspaces.IO;

/// <summary>Gives bytes in order.</summary>
internal interface IByteReader
{
    /// <summary>The next bytes, exactly as many.</summary>
    /// <param name="bytes">Receives them.</param>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    void Read(Span<byte> bytes);
}
