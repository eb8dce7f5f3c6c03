using System.Globalization;
using Workspaces.Hosting.Top;
using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary>A figure of a workspace as a column of <c>top</c>, with a short form for narrow terminals.</summary>
/// <param name="Head">Its name.</param>
/// <param name="ShortHead">The name where columns are narrow.</param>
/// <param name="Rank">Who goes first when there is no room: the highest.</param>
/// <param name="Value">The figure of a row; true asks for the short form.</param>
/// <param name="Longest">A usual long figure: the column is that wide from the first picture on, so that it does not move.</param>
internal sealed record TopColumn(string Head, string ShortHead, int Rank, Func<TopWorkspace, bool, string> Value, string Longest = "")
{
    /// <summary>What says how short sizes are to be read.</summary>
    internal const string ShortUnits = "sizes: B bytes, K KiB, M MiB, G GiB";

    /// <summary>From left to right; the kinds of memory stand beside the sum that they make up.</summary>
    internal static IReadOnlyList<TopColumn> All { get; } =
    [
        new("leases", "lease", 9, static (row, _) => Count(row.Leases)),
        new("committed", "commit", 0, static (row, isShort) => Size(row.CommittedBytes, isShort), "999.9 KiB"),
        new("allocated", "alloc", 4, static (row, isShort) => Size(row.AllocatedBytes, isShort), "999.9 KiB"),
        new("unref.", "unref", 6, static (row, isShort) => Size(row.UnreferencedBytes, isShort), "999.9 KiB"),
        new("free", "free", 7, static (row, isShort) => Size(row.FreeBytes, isShort), "999.9 KiB"),
        new("external", "extern", 5, static (row, isShort) => Size(row.ExternalBytes, isShort), "999.9 KiB"),
        new("peak", "peak", 1, static (row, isShort) => Size(row.PeakBytes, isShort), "999.9 KiB"),
        new("bound", "bound", 8, static (row, isShort) => Size(row.LowerBoundBytes, isShort), "999.9 KiB"),
        new("plans", "plans", 10, static (row, _) => Count(row.Plans)),
        new("passes/s", "pass/s", 2, static (row, _) => Rate(row.PassesPerSecond), "9999.9"),
        new("learning", "learn", 12, static (row, _) => Count(row.LearningPasses)),
        new("deviated", "dev.", 11, static (row, _) => Count(row.DeviatedPasses)),
        new("spilled", "spill", 3, static (row, isShort) => Size(row.SpilledBytes, isShort), "999.9 KiB"),
    ];

    /// <summary>A rate with one decimal; a process that lies cannot make it long.</summary>
    internal static string Rate(double? value) =>
        value is not { } rate ? "-" : rate.ToString(Math.Abs(rate) < 1e6 ? "F1" : "G3", CultureInfo.InvariantCulture);

    /// <summary>Cells of the column for these rows, without the gap before it.</summary>
    internal int Width(IReadOnlyList<TopWorkspace> rows, bool isShort)
    {
        int width = Math.Max((isShort ? ShortHead : Head).Length, (isShort ? Shortened(Longest) : Longest).Length);
        foreach (TopWorkspace row in rows) width = Math.Max(width, Value(row, isShort).Length);
        return width;
    }

    private static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>64.0 KiB</c>, or <c>64.0K</c>.</summary>
    private static string Size(long bytes, bool isShort)
    {
        if (bytes == 0) return "-";
        string text = ByteSize.Round(bytes);
        return isShort ? Shortened(text) : text;
    }

    private static string Shortened(string size) => size.Replace("iB", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
}
