namespace Workspaces.Memory.Sites;

/// <summary>A place in the code of the user: the first frame of a stack that is neither ours nor the base library's.</summary>
/// <param name="Method">Type and method.</param>
/// <param name="File">Name of the source file without its folder, or null where no symbols are.</param>
/// <param name="Line">The line in it.</param>
internal sealed record CodeSite(string Method, string? File, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => File is null ? Method : $"{File}:{Line} ({Method})";
}
