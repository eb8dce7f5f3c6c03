using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workspaces.Memory;

namespace Workspaces.Cli.Bench;

/// <summary>The forms of <c>bench</c> that go over several cases: against the floor, against others, and time and memory with workspaces on, off and of others.</summary>
internal sealed class SeveralOptions
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };
    private readonly Option<bool> _roofline = new("--roofline") { Description = "Compare each case with the least time that this machine could take." };
    private readonly Option<bool> _compare = new("--compare") { Description = "Run other frameworks found on this machine in turn with each case, and print the ratios." };
    private readonly Option<bool> _table = new("--table") { Description = "Time and memory of each case with workspaces on, off, and in the fastest other framework found here." };
    private readonly Option<string?> _peers = new("--peers")
    {
        Description = $"Folder of the scripts that run other frameworks; else that of {PeerFolder.EnvironmentVariable}, else {PeerFolder.Own} where it exists.",
    };

    private readonly Option<int> _rounds = new("--rounds") { Description = "Rounds of --compare and --table; the median counts.", DefaultValueFactory = static _ => 3 };
    private readonly Option<string?> _results = new("--results") { Description = "Folder for the results of --compare, <processor>.json, and of --table, <processor>-table.json." };

    internal void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_roofline, _compare, _table, _peers, _rounds, _results]) command.Options.Add(option);
    }

    /// <summary>Refuses options that the form that was asked for would not read.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="single">An option on it that is for one case alone, or null.</param>
    internal void Check(ParseResult parsed, string? single)
    {
        Option<bool>[] forms = [.. new[] { _roofline, _compare, _table }.Where(parsed.GetValue)];
        if (forms.Length > 1)
            throw new ArgumentException(WorkspaceException.Compose(
                "bench in several forms at once", "bench", "--roofline, --compare and --table exclude each other", "run them one after the other"));
        if (forms.Length == 1 && single is not null)
            throw new ArgumentException(WorkspaceException.Compose(
                $"bench with {forms[0].Name} and {single}", "bench", $"{single} is for one case that is measured by itself", "run them one after the other"));
        Option? unread = new Option[] { _peers, _rounds, _results }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
        if (unread is not null && !forms.Any(form => form == _compare || form == _table))
            throw new ArgumentException(WorkspaceException.Compose(
                $"bench with {unread.Name}", "bench", "only --compare and --table read it", $"add one of them, or leave {unread.Name} away"));
    }

    /// <summary>Runs the form that was asked for.</summary>
    /// <returns>False when none was.</returns>
    internal bool Run(ParseResult parsed, string[] cases, BenchSettings settings, double seconds, bool json, CancellationToken cancellation)
    {
        bool roofline = parsed.GetValue(_roofline), compare = parsed.GetValue(_compare), table = parsed.GetValue(_table);
        if (!roofline && !compare && !table) return false;
        int rounds = parsed.GetValue(_rounds);
        if (rounds is < 1 or > 1000)
            throw new ArgumentException(WorkspaceException.Compose($"measure in {rounds} rounds", "bench --rounds", "rounds lie from 1 to 1000", "give 3"));
        IReadOnlyList<string> names = cases.Length > 0 ? cases : BenchCases.Models;
        string? peers = roofline ? null : PeerFolder.Find(parsed.GetValue(_peers));
        using OutputFile? results = parsed.GetValue(_results) is { } folder ? Results(folder, table ? $"{Processor.FileName}-table.json" : $"{Processor.FileName}.json") : null;
        JsonObject result = roofline ? Roofline.Of(names, settings, seconds, cancellation)
            : table ? MemoryTable.Of(names, settings, seconds, rounds, peers, cancellation)
            : Comparison.Of(names, settings, seconds, rounds, peers, cancellation);
        result["cancelled"] = cancellation.IsCancellationRequested;
        results?.Write(result.ToJsonString(Readable) + "\n");
        if (json) JsonLine.Print(result);
        else if (roofline) Roofline.Print(result);
        else if (table) MemoryTable.Print(result, Console.Out);
        else Comparison.Print(result);
        results?.ThrowIfFailed();
        return true;
    }

    private OutputFile Results(string folder, string name)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(WorkspaceException.Compose(
                $"write results into '{folder}'", $"bench {_results.Name}", error.Message.TrimEnd('.'), "name a folder that exists or can be made"), error);
        }

        return new OutputFile(Path.Combine(folder, name), $"bench {_results.Name}");
    }
}
