using System.Globalization;
using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Tracking;

/// <summary>
/// Recorded passes as CSV that <see cref="Planning.TraceCsv"/> reads: <c>id,lower,upper,size</c>, and for people and other tools
/// <c>last_use,kind,op,name,shape</c>. Times count the events of the pass; a block that was not released, or whose bytes were
/// taken as a span, lives to the end of its pass.
/// </summary>
public static class PassTraceCsv
{
    private const string Header = "id,lower,upper,size,last_use,kind,op,name,shape\n";

    /// <summary>
    /// Writes a trace. <c>id</c> is the number of the request in its pass; requests of no bytes are left out. <c>kind</c> is <c>scratch</c> for
    /// memory that a kernel held during one event, else <c>block</c>. <c>name</c> and <c>shape</c> are empty: a trace knows bytes, not tensors.
    /// </summary>
    /// <param name="writer">Takes the text.</param>
    /// <param name="trace">A complete pass.</param>
    /// <returns>Number of buffers written.</returns>
    /// <exception cref="WorkspaceException">The pass was longer than a trace can be, so requests are missing.</exception>
    public static int Write(TextWriter writer, PassTrace trace)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(trace);
        if (trace.Dropped > 0)
            throw new WorkspaceException(
                "write the trace of a pass", nameof(PassTraceCsv),
                $"{trace.Count} requests were recorded and {trace.Dropped} more were not", "split the pass into shorter ones");
        writer.Write(Header);
        int written = 0;
        for (int id = 0; id < trace.Count; id++)
        {
            ref readonly TraceEntry entry = ref trace.Entries[id];
            if (entry.Bytes == 0) continue;
            bool scratch = entry.Tag == PassTrace.ScratchTag;
            int death = entry.DeadAt(byLastUse: false);
            int upper = death >= 0 ? death : scratch ? entry.Birth + 1 : trace.Events;
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{id},{entry.Birth},{upper},{entry.Bytes},{entry.LastUse},{(scratch ? "scratch" : "block")},{Field(entry.Op)},,\n"));
            written++;
        }

        return written;
    }

    /// <summary>
    /// The trace of the last complete pass entered directly in the workspace that is ambient in this flow: of the step before, in an observer
    /// that is called between two steps.
    /// </summary>
    /// <returns>The trace, valid until the next pass ends; null outside every workspace and before the first pass.</returns>
    public static PassTrace? LastOfThisFlow() => Ambient.Current?.Workspace?.LastTrace;

    /// <summary>A text as one field of one line: in quotes where it must be, without line breaks.</summary>
    private static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        string line = text.ReplaceLineEndings(" ");
        return line.AsSpan().IndexOfAny(",\"") < 0 && line.AsSpan().Trim().Length == line.Length ? line : $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
