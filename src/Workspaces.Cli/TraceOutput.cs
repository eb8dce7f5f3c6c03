using Workspaces.Memory;
using Workspaces.Memory.Tracking;

namespace Workspaces.Cli;

/// <summary>The file of <c>--trace-out</c>. It holds the trace written last.</summary>
internal sealed class TraceOutput(string path) : IDisposable
{
    private const string Option = "--trace-out";
    private readonly OutputFile _file = new(path, Option);
    private bool _isEmpty;

    /// <summary>Replaces what the file holds. What goes wrong is said by <see cref="ThrowIfFailed"/>, so that it does not end the work.</summary>
    internal void Write(PassTrace? trace)
    {
        using var text = new StringWriter();
        _isEmpty = trace is null || PassTraceCsv.Write(text, trace) == 0;
        if (!_isEmpty) _file.Write(text.ToString());
    }

    /// <summary>Says why there is no trace, if so.</summary>
    internal void ThrowIfFailed()
    {
        _file.ThrowIfFailed();
        if (_isEmpty) throw new WorkspaceException($"write '{path}'", Option, "the pass asked for 0 bytes of its workspace", "trace a pass that makes tensors");
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();
}
