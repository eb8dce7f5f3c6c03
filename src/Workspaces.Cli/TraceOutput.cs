using Workspaces.Memory;
using Workspaces.Memory.Tracking;

namespace Workspaces.Cli;

/// <summary>The file of <c>--trace-out</c>: opened before the work, so that a bad path costs no time, and holding the trace written last.</summary>
internal sealed class TraceOutput : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    internal TraceOutput(string path)
    {
        _path = path;
        try
        {
            _file = File.Create(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(WorkspaceException.Compose($"write '{path}'", "--trace-out", error.Message.TrimEnd('.'), "name a file in a folder that exists"), error);
        }
    }

    /// <summary>Replaces what the file holds.</summary>
    internal void Write(PassTrace? trace)
    {
        _file.SetLength(0);
        using var writer = new StreamWriter(_file, leaveOpen: true);
        if (trace is null || PassTraceCsv.Write(writer, trace) == 0)
            throw new WorkspaceException($"write '{_path}'", "--trace-out", "the pass asked for 0 bytes of its workspace", "trace a pass that makes tensors");
    }

    /// <summary>Closes the file; one that nothing was written to is removed.</summary>
    public void Dispose()
    {
        bool empty = _file.Length == 0;
        _file.Dispose();
        if (empty) File.Delete(_path);
    }
}
