namespace Workspaces.Ops;

/// <summary>How GELU is computed.</summary>
public enum GeluApproximation
{
    /// <summary>By the error function.</summary>
    None,

    /// <summary>By the hyperbolic tangent of a cubic, as the first GPT models do.</summary>
    Tanh,
}
