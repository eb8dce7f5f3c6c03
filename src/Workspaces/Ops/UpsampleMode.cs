namespace Workspaces.Ops;

/// <summary>How values between elements are found.</summary>
public enum UpsampleMode
{
    /// <summary>The nearest element towards the origin, as in PyTorch.</summary>
    Nearest,

    /// <summary>Linear between the two nearest elements of each axis.</summary>
    Bilinear,
}
