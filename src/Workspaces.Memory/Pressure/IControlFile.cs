namespace Workspaces.Memory.Pressure;

/// <summary>One open file whose contents change.</summary>
internal interface IControlFile : IDisposable
{
    /// <summary>Reads the file as it is now, from its start, without garbage.</summary>
    /// <param name="buffer">Receives as much as fits.</param>
    /// <returns>Bytes read; 0 when it cannot be read any more.</returns>
    int Read(Span<byte> buffer);
}
