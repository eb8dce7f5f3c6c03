using System.Diagnostics;
using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Knows every live block with a tag and, on request, the call site: to find what leaks. Tags flow with the code that asks (<c>await</c>, <c>Task.Run</c>).
/// A captured site costs microseconds and some kilobytes a block.
/// </summary>
public sealed class TrackingAllocator : WrapperAllocator
{
    private const int MostFrames = 6;
    private readonly LiveBlocks<Entry> _live = new();
    private readonly AsyncLocal<string?> _tag = new();
    private readonly bool _captureSites;
    private long _numbers;

    /// <summary>Tracks an upstream.</summary>
    /// <param name="upstream">Serves the requests.</param>
    /// <param name="captureSites">True to keep the stack of each request while its block lives.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    public TrackingAllocator(IAllocator upstream, bool captureSites = false, bool leaveOpen = true)
        : base(upstream, "Tracking", leaveOpen) => _captureSites = captureSites;

    /// <summary>Blocks handed out and not freed.</summary>
    public int LiveCount => _live.Count;

    /// <summary>Requests of this flow carry a tag until the result is disposed; then the one from before.</summary>
    /// <param name="tag">Any text, such as the phase of a program.</param>
    /// <returns>Dispose it in the same flow.</returns>
    public IDisposable Tag(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var scope = new TagScope(_tag, _tag.Value);
        _tag.Value = tag;
        return scope;
    }

    /// <summary>The live blocks in the order of their requests.</summary>
    public IReadOnlyList<TrackedAllocation> LiveAllocations()
    {
        Entry[] entries = _live.Snapshot();
        Array.Sort(entries, static (a, b) => a.Number.CompareTo(b.Number));
        return Array.ConvertAll(entries, static entry => entry.Describe());
    }

    /// <summary>The live blocks as text: a line with the sum, then one for each block, the oldest first.</summary>
    /// <param name="most">Most blocks to list.</param>
    public string Report(int most = 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        IReadOnlyList<TrackedAllocation> live = LiveAllocations();
        var text = new StringBuilder();
        long bytes = 0;
        foreach (TrackedAllocation block in live) bytes += block.Bytes;
        text.Append(CultureInfo.InvariantCulture, $"{live.Count:N0} blocks with {bytes:N0} bytes are live in {Name}");
        for (int i = 0; i < Math.Min(most, live.Count); i++)
        {
            TrackedAllocation block = live[i];
            text.Append(CultureInfo.InvariantCulture, $"\n  #{block.Number}: {block.Bytes:N0} bytes at 0x{block.Address:x}");
            if (block.Tag is { } tag) text.Append(CultureInfo.InvariantCulture, $", tag '{tag}'");
            if (block.Site is { } site) text.Append(CultureInfo.InvariantCulture, $"\n    {site.Replace("\n", "\n    ", StringComparison.Ordinal)}");
        }

        if (live.Count > most) text.Append(CultureInfo.InvariantCulture, $"\n  … and {live.Count - most:N0} more");
        return text.ToString();
    }

    /// <summary>For the end of a test or program: everything must have been freed.</summary>
    /// <exception cref="WorkspaceException">Something is live; the message lists it.</exception>
    public void ThrowIfLeaked()
    {
        if (LiveCount > 0) AllocatorErrors.ThrowLeaked(Name, Report());
    }

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        Allocation taken = Upstream.Allocate(bytes, alignment, zeroed);
        Allocation block = taken.OwnedBy(this);
        var entry = new Entry(Interlocked.Increment(ref _numbers), block, _tag.Value, _captureSites ? new StackTrace(fNeedFileInfo: false) : null);
        _live.Enter(in block, entry, in taken, Upstream);
        return block;
    }

    /// <inheritdoc/>
    protected override void GiveBack(in Allocation allocation)
    {
        Entry entry = _live.Leave(in allocation, Name);
        bool freed = false;
        try
        {
            base.GiveBack(in allocation);
            freed = true;
        }
        finally
        {
            if (!freed) _live.Return(in allocation, entry);
        }
    }

    private readonly record struct Entry(long Number, Allocation Block, string? Tag, StackTrace? Stack)
    {
        public TrackedAllocation Describe() => new(Number, Block.Address, Block.Bytes, Block.Alignment, Tag, Stack is null ? null : Site(Stack));

        /// <summary>The innermost frames outside the allocators.</summary>
        private static string Site(StackTrace stack)
        {
            var lines = new List<string>();
            foreach (StackFrame frame in stack.GetFrames())
            {
                if (DiagnosticMethodInfo.Create(frame) is not { } method) continue;
                if (lines.Count == 0 && method.DeclaringTypeName?.StartsWith("Workspaces.Memory.", StringComparison.Ordinal) == true) continue;
                lines.Add(Invariant($"{method.DeclaringTypeName}.{method.Name}"));
                if (lines.Count == MostFrames) break;
            }

            return string.Join('\n', lines);
        }
    }

    private sealed class TagScope(AsyncLocal<string?> tag, string? before) : IDisposable
    {
        public void Dispose() => tag.Value = before;
    }
}
