namespace Workspaces.Cli.Bench;

/// <summary>One way to run a case in another framework.</summary>
/// <param name="Peer">The framework.</param>
/// <param name="Setup">What is special about this way.</param>
/// <param name="Program">What runs the script.</param>
/// <param name="Script">The script.</param>
/// <param name="Arguments">The arguments that choose case and way.</param>
internal sealed record PeerSetup(string Peer, string Setup, string Program, string Script, string[] Arguments);
