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

    /// <summary>The scripts that are left out, each with the reason.</summary>
    internal JsonObject LeftOut()
    {
        var json = new JsonObject();
        foreach ((string script, string reason) in _missing) json[script] = reason;
        return json;
    }

    /// <summary>Every framework that knows a case, in every set-up in which it is tried.</summary>
    /// <param name="name">The case.</param>
    internal IEnumerable<PeerSetup> SetupsOf(string name) =>
        from known in _found
        where known.Peer.Knows(name)
        from setup in known.Peer.Setups(name)
        select new PeerSetup(known.Peer.Name, setup.Setup, known.Program, Path.Combine(_folder!, known.Peer.Script), setup.Arguments);
}
