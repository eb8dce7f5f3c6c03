using System.Text;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;

namespace Workspaces.Cli;

/// <summary>
/// The file of <c>--trace-out</c>: opened before the work, so that a bad path costs no time. It holds the trace written last; what it held before stays until
/// there is one.
/// </summary>
internal sealed class TraceOutput : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly bool _isNew;

    internal TraceOutput(string path)
    {
        _path = path;
        _isNew = !File.Exists(path);
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(WorkspaceException.Compose($"write '{path}'", "--trace-out", error.Message.TrimEnd('.'), "name a file in a folder that exists"), error);
        }
    }

    /// <summary>Replaces what the file holds.</summary>
    internal void Write(PassTrace? trace)
    {
        using var text = new StringWriter();
        if (trace is null || PassTraceCsv.Write(text, trace) == 0)
            throw new WorkspaceException($"write '{_path}'", "--trace-out", "the pass asked for 0 bytes of its workspace", "trace a pass that makes tensors");
        _file.SetLength(0);
        _file.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Closes the file; a new one that nothing was written to is removed.</summary>
    public void Dispose()
    {
        bool unused = _isNew && _file.Length == 0;
        _file.Dispose();
        if (unused) File.Delete(_path);
    }
}
