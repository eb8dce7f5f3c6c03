namespace Workspaces.Hosting.Top;

/// <summary>The section <c>WorkspaceTop</c>: whether <c>workspaces top</c> can attach to the process.</summary>
public sealed record TopOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "WorkspaceTop";

    /// <summary>Whether it can. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>The socket as it was written. Default null: one named after the process, in a folder of the user, see <see cref="TopSockets"/>.</summary>
    public string? Socket { get; init; }
}
