namespace Workspaces.Autograd;

/// <summary>What the gradient of a leaf holds.</summary>
public enum GradientState
{
    /// <summary>Nothing has arrived yet.</summary>
    None,

    /// <summary>The sum of what has arrived and has not been applied.</summary>
    Accumulated,

    /// <summary>A gradient that an optimizer has applied; the next <c>Backward</c> overwrites it.</summary>
    Consumed,
}
