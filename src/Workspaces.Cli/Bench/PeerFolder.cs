using Workspaces.Memory;

namespace Workspaces.Cli.Bench;

/// <summary>Where the scripts lie that run other frameworks.</summary>
internal static class PeerFolder
{
    internal const string EnvironmentVariable = "WORKSPACES_PEERS";

    /// <summary>The scripts that come with the sources, seen from the root of the repository.</summary>
    internal const string Own = "tests/Workspaces.Benchmarks/peers";

    /// <summary>The folder that was asked for, that of the environment, or the one of the sources; null when there is none.</summary>
    /// <exception cref="ArgumentException">The folder that was asked for does not exist.</exception>
    internal static string? Find(string? asked)
    {
        string? named = asked ?? Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (string.IsNullOrEmpty(named)) return Directory.Exists(Own) ? Own : null;
        if (Directory.Exists(named)) return named;
        throw new ArgumentException(WorkspaceException.Compose(
            $"run the peers of '{named}'", "bench --compare", "this folder does not exist",
            $"give a folder with {string.Join(", ", Peer.All.Select(static peer => peer.Script))}"));
    }
}
