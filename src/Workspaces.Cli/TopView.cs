using System.Globalization;
using Workspaces.Hosting.Top;
using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary>
/// How a snapshot looks: lines that fit a terminal, however small. Columns take their short form, then the least important ones leave; rows of idle workspaces leave before
/// others, and findings take the room that is left, the newest first.
/// </summary>
internal static class TopView
{
    private const int NarrowestName = 10;
    private const int WidestName = 32;
    private const int FewestRows = 3;
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>All of it as text: for a file or a pipe no line is broken, for a terminal each fits.</summary>
    internal static string Text(TopSnapshot seen, int width = int.MaxValue) =>
        string.Concat(Lines(seen, width, int.MaxValue).Select(static line => line.Text + Environment.NewLine));

    /// <summary>For a terminal of this size.</summary>
    /// <param name="seen">What to show.</param>
    /// <param name="width">Most cells of a line.</param>
    /// <param name="height">Most lines.</param>
    internal static IReadOnlyList<TopLine> Lines(TopSnapshot seen, int width, int height)
    {
        List<TopLine> lines = [.. CellText.Flow(OfProcess(seen), "  ", width).Select(static text => new TopLine(text, TopStyle.Head))];
        if (seen.LeakedWorkspaces > 0)
            lines.Add(new(CellText.Cut(string.Create(Plain, $"{seen.LeakedWorkspaces} workspaces are open and lost"), width), TopStyle.Warning));
        if (seen.Training is { } training) lines.AddRange(CellText.Flow(OfTraining(training), "  ", width).Select(static text => new TopLine(text)));
        lines.Add(new(""));
        int below = (seen.Pools.Count > 0 ? 3 : 0) + (seen.FindingCount > 0 ? 3 : 0);
        lines.AddRange(Workspaces(seen.Workspaces, width, Math.Max(FewestRows, height - lines.Count - below - 2)));
        if (seen.Pools.Count > 0) lines.AddRange(Pools(seen.Pools, width, Math.Max(1, height - lines.Count - (seen.FindingCount > 0 ? 5 : 2))));
        if (seen.FindingCount > 0) lines.AddRange(Findings(seen, width, height - lines.Count));
        return lines.Count <= height ? lines : lines.GetRange(0, Math.Max(0, height));
    }

    private static IEnumerable<string> OfProcess(TopSnapshot seen)
    {
        yield return string.Create(Plain, $"{seen.Process} {seen.Pid}");
        yield return "up " + Duration(seen.Seconds);
        yield return seen.BudgetLimitBytes > 0
            ? $"held {ByteSize.Round(seen.BudgetUsedBytes)} of {ByteSize.Round(seen.BudgetLimitBytes)}"
            : $"held {ByteSize.Round(seen.BudgetUsedBytes)}";
        yield return $"resident {ByteSize.Round(seen.WorkingSetBytes)}";
        yield return $"managed {ByteSize.Round(seen.ManagedBytes)}";
        yield return string.Create(Plain, $"collections {seen.GcCollections}");
    }

    private static IEnumerable<string> OfTraining(TopTraining training)
    {
        yield return string.Create(Plain, $"training step {training.Steps}");
        yield return TopColumn.Rate(training.StepsPerSecond) + " steps/s";
        yield return string.Create(Plain, $"epochs {training.Epochs}");
        yield return "loss " + Number(training.Loss, "F4");
        yield return "test loss " + Number(training.TestLoss, "F4");
        yield return "test accuracy " + Number(training.TestAccuracy * 100, "F2") + " %";
    }

    private static List<TopLine> Workspaces(IReadOnlyList<TopWorkspace> all, int width, int most)
    {
        IReadOnlyList<TopWorkspace> rows = Chosen(all, most);
        int longest = rows.Select(static row => CellText.Width(row.Name)).Append("workspace".Length).Max();
        int name = width == int.MaxValue ? longest : Math.Min(longest, width < 120 ? Math.Max(NarrowestName, width / 7) : WidestName);
        (List<TopColumn> columns, bool isShort) = Fitting(rows, width - name);
        int[] widths = [.. columns.Select(column => WidthOf(column, rows, isShort))];
        var lines = new List<TopLine> { new(Row("workspace", columns.Select(column => isShort ? column.ShortHead : column.Head)), TopStyle.Head) };
        foreach (TopWorkspace row in rows) lines.Add(new(Row(row.Name, columns.Select(column => column.Value(row, isShort)))));
        string left = rows.Count < all.Count ? string.Create(Plain, $"{all.Count - rows.Count} smaller ones are not shown") : "";
        string hidden = columns.Count < TopColumn.All.Count ? string.Create(Plain, $"{TopColumn.All.Count - columns.Count} more columns in a wider terminal") : "";
        string[] notes = [.. new[] { left, isShort ? TopColumn.ShortUnits : "", hidden }.Where(static note => note.Length > 0)];
        lines.AddRange(CellText.Flow(notes, "; ", width).Select(static note => new TopLine(note)));
        return lines;

        string Row(string first, IEnumerable<string> figures) => CellText.Cut(
            CellText.PadRight(CellText.Cut(first, name), name) + string.Concat(figures.Select((figure, i) => CellText.PadLeft(figure, widths[i]))), width).TrimEnd();
    }

    /// <summary>The columns that there is room for: all in full, all in short, or the most important ones in short.</summary>
    private static (List<TopColumn> Columns, bool IsShort) Fitting(IReadOnlyList<TopWorkspace> rows, int width)
    {
        List<TopColumn> columns = [.. TopColumn.All];
        if (columns.Sum(column => (long)WidthOf(column, rows, isShort: false)) <= width) return (columns, false);
        while (columns.Count > 0 && columns.Sum(column => (long)WidthOf(column, rows, isShort: true)) > width) columns.Remove(columns.MaxBy(static column => column.Rank)!);
        return (columns, true);
    }

    /// <summary>With the gap before it.</summary>
    private static int WidthOf(TopColumn column, IReadOnlyList<TopWorkspace> rows, bool isShort) => column.Width(rows, isShort) + (isShort ? 1 : 2);

    /// <summary>In the order of the process; when there are too many, those that hold the most.</summary>
    private static IReadOnlyList<TopWorkspace> Chosen(IReadOnlyList<TopWorkspace> all, int most)
    {
        if (all.Count <= most) return all;
        var kept = all.OrderByDescending(static row => (double)row.CommittedBytes + row.ExternalBytes).ThenByDescending(static row => row.PassesPerSecond)
            .Take(Math.Max(0, most - 1)).ToHashSet();
        return [.. all.Where(kept.Contains)];
    }

    private static IEnumerable<TopLine> Pools(IReadOnlyList<TopPool> pools, int width, int most)
    {
        int name = Math.Min(pools.Max(static pool => CellText.Width(pool.Name)), width == int.MaxValue ? int.MaxValue : Math.Max(4, width / 3));
        yield return new("");
        yield return new(CellText.Cut(CellText.PadRight("pool", name) + "   rented  capacity  waiting", width), TopStyle.Head);
        foreach (TopPool pool in pools.Take(most))
        {
            string label = CellText.PadRight(CellText.Cut(pool.Name, name), name);
            yield return new(CellText.Cut(string.Create(Plain, $"{label}  {pool.Rented,7}  {pool.Capacity,8}  {pool.Waiting,7}"), width));
        }
    }

    /// <summary>The newest first, broken at words; what has no room is counted.</summary>
    private static IEnumerable<TopLine> Findings(TopSnapshot seen, int width, int height)
    {
        yield return new("");
        yield return new(CellText.Cut(string.Create(Plain, $"findings: {seen.FindingCount}"), width), TopStyle.Head);
        int left = height - 2;
        foreach (TopFinding finding in seen.Findings.Reverse())
        {
            string text = $"{finding.Code} {finding.Workspace}: {finding.Text}";
            string[] lines = width == int.MaxValue ? ["  " + text] : [.. CellText.Flow(text.Split(' '), " ", width - 2, "  ").Select(static line => "  " + line)];
            if (left <= 0) yield break;
            if (lines.Length > left) lines = [.. lines.Take(left - 1), CellText.Cut(lines[left - 1], Math.Max(0, width - 2)).TrimEnd('…') + " …"];
            foreach (string line in lines) yield return new(CellText.Cut(line, width), finding.Severity == "Warning" ? TopStyle.Warning : TopStyle.Plain);
            left -= lines.Length;
        }
    }

    /// <summary><c>1:02:03</c>; a process that lies gets 0.</summary>
    private static string Duration(double seconds)
    {
        long whole = seconds is >= 0 and < 1e12 ? (long)seconds : 0;
        return string.Create(Plain, $"{whole / 3600}:{whole / 60 % 60:00}:{whole % 60:00}");
    }

    private static string Number(double? value, string format) =>
        value is not { } number ? "-" : number.ToString(Math.Abs(number) < 1e6 ? format : "G4", Plain);
}
