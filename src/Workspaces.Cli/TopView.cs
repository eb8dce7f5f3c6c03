using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Workspaces.Hosting.Top;
using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary>How a snapshot looks on a terminal. Nothing that the process says is taken as markup.</summary>
internal static class TopView
{
    private const int ShownFindings = 5;
    private const int PlainWidth = 160;

    private static readonly string[] Figures =
        ["committed", "allocated", "unref.", "free", "external", "peak", "bound", "plans", "passes/s", "learning", "deviated", "spilled"];

    /// <summary>For a terminal that is redrawn.</summary>
    internal static IRenderable Of(TopSnapshot seen) => new Rows(Parts(seen));

    /// <summary>For a file or a pipe.</summary>
    internal static string Text(TopSnapshot seen)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = PlainWidth;
        foreach (IRenderable part in Parts(seen))
        {
            console.Write(part);
            if (part is Text) console.WriteLine();
        }

        return text.ToString();
    }

    private static IEnumerable<IRenderable> Parts(TopSnapshot seen)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        string budget = seen.BudgetLimitBytes > 0 ? $" of {ByteSize.Round(seen.BudgetLimitBytes)}" : "";
        string leaks = seen.LeakedWorkspaces > 0 ? $"  LEAKED WORKSPACES {seen.LeakedWorkspaces}" : "";
        yield return new Text(string.Create(
            plain,
            $"{seen.Process} {seen.Pid}  held {ByteSize.Round(seen.BudgetUsedBytes)}{budget}  resident {ByteSize.Round(seen.WorkingSetBytes)}"
            + $"  managed {ByteSize.Round(seen.ManagedBytes)}  collections {seen.GcCollections}{leaks}"));
        if (seen.Training is { } training)
        {
            yield return new Text(string.Create(
                plain,
                $"training  step {training.Steps}  {training.StepsPerSecond ?? 0:F1} steps/s  epochs {training.Epochs}  loss {Number(training.Loss, "F4")}"
                + $"  test loss {Number(training.TestLoss, "F4")}  test accuracy {Number(training.TestAccuracy, "P2")}"));
        }

        yield return Workspaces(seen.Workspaces);
        if (seen.Pools.Count > 0) yield return Pools(seen.Pools);
        if (seen.FindingCount > 0) yield return new Text($"findings: {seen.FindingCount}");
        foreach (TopFinding finding in seen.Findings.TakeLast(ShownFindings)) yield return new Text($"  {finding.Code} {finding.Workspace}: {finding.Text}");
    }

    private static Table Workspaces(IReadOnlyList<TopWorkspace> rows)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in (ReadOnlySpan<string>)["workspace", "leases"]) table.AddColumn(column);
        foreach (string column in Figures) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (TopWorkspace row in rows)
        {
            table.AddRow(
                Cell(row.Name), Cell(Count(row.Leases)), Size(row.CommittedBytes), Size(row.AllocatedBytes), Size(row.UnreferencedBytes), Size(row.FreeBytes),
                Size(row.ExternalBytes), Size(row.PeakBytes), Size(row.LowerBoundBytes), Cell(Count(row.Plans)), Cell(Number(row.PassesPerSecond, "F1")),
                Cell(Count(row.LearningPasses)), Cell(Count(row.DeviatedPasses)), Size(row.SpilledBytes));
        }

        return table;
    }

    private static Table Pools(IReadOnlyList<TopPool> pools)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("pool").AddColumn("rented").AddColumn("capacity").AddColumn("waiting");
        foreach (TopPool pool in pools) table.AddRow(Cell(pool.Name), Cell(Count(pool.Rented)), Cell(Count(pool.Capacity)), Cell(Count(pool.Waiting)));
        return table;
    }

    private static Text Cell(string text) => new(text);

    private static Text Size(long bytes) => new(bytes == 0 ? "-" : ByteSize.Round(bytes));

    private static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
