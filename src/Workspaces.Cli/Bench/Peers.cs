using System.Globalization;
using System.Text.Json.Nodes;

namespace Workspaces.Cli.Bench;

/// <summary>The other frameworks that this machine has, and why others are left out.</summary>
internal sealed class Peers
{
    private readonly string? _folder;
    private readonly List<(Peer Peer, string Program)> _found = [];
    private readonly Dictionary<string, string> _missing = [];

    /// <param name="folder">Where their scripts lie; null leaves all of them out.</param>
    internal Peers(string? folder)
    {
        _folder = folder;
        foreach (Peer peer in Peer.All)
        {
            if (folder is null) _missing[peer.Script] = "no folder of peers: give --peers";
            else if (!File.Exists(Path.Combine(folder, peer.Script))) _missing[peer.Script] = "not in the folder of peers";
            else if (PeerProcess.Interpreter(peer) is { } program) _found.Add((peer, program));
            else _missing[peer.Script] = $"no {peer.Interpreters[0]} with {peer.Name} on this machine";
        }
    }

    /// <summary>What a comparison begins with: machine, settings, date, and the scripts that are left out, each with the reason.</summary>
    internal JsonObject Head(BenchSettings settings, int rounds)
    {
        var leftOut = new JsonObject();
        foreach ((string script, string reason) in _missing) leftOut[script] = reason;
        return new JsonObject
        {
            ["cpu"] = Processor.Name,
            ["threads"] = settings.Threads,
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["rounds"] = rounds,
            ["left_out"] = leftOut,
        };
    }

    /// <summary>The rows of one case after the other, as many as there are before it is cancelled.</summary>
    internal static JsonArray RowsOf(IReadOnlyList<string> cases, Func<string, IEnumerable<JsonObject>> measure, CancellationToken cancellation)
    {
        var rows = new JsonArray();
        foreach (string name in cases)
        {
            if (cancellation.IsCancellationRequested) break;
            foreach (JsonObject row in measure(name)) rows.Add((JsonNode)row);
        }

        return rows;
    }

    /// <summary>Every framework that knows a case, in every set-up in which it is tried.</summary>
    /// <param name="name">The case.</param>
    internal IEnumerable<PeerSetup> SetupsOf(string name) =>
        from known in _found
        where known.Peer.Knows(name)
        from setup in known.Peer.Setups(name)
        select new PeerSetup(known.Peer.Name, setup.Setup, known.Program, Path.Combine(_folder!, known.Peer.Script), setup.Arguments);
}
