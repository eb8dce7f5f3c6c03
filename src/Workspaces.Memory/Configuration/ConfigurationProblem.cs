namespace Workspaces.Memory;

/// <summary>One thing that is wrong in a configuration, in the four parts of every error.</summary>
/// <param name="Path">By whom: the full path of the key, <c>Workspaces:step:PolicySpill</c>.</param>
/// <param name="Asked">What was asked.</param>
/// <param name="Numbers">The numbers (or values) that make it wrong.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record ConfigurationProblem(string Path, string Asked, string Numbers, string Remedy)
{
    /// <summary>
    /// Whether the key is only idle (nothing reads it beside the other keys). Written for the workspace itself that is an error;
    /// inherited from shared defaults it is not.
    /// </summary>
    public bool IsIdleKey { get; init; }

    /// <summary>The problem on one line.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Path}: {Asked}: {Numbers}. {Remedy}.";
}
