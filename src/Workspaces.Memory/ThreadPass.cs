namespace Workspaces.Memory;

/// <summary>A pass that is ambient on one thread only, from <see cref="Workspace.EnterOnThread"/>. The compiler forbids <c>await</c> and <c>yield</c> inside it.</summary>
public readonly ref struct ThreadPass
{
    internal ThreadPass(Pass pass) => Pass = pass;

    /// <summary>The pass itself.</summary>
    public Pass Pass { get; }

    /// <summary>Ends the pass.</summary>
    public void Dispose() => Pass.Dispose();
}
