namespace Workspaces.Kernels.Convolution;

/// <summary>What one way of computing a pass takes.</summary>
/// <param name="Path">The way.</param>
/// <param name="Items">Pieces of work that are independent of each other.</param>
/// <param name="Shared">Elements of scratch that all parts share; a multiple of 16.</param>
/// <param name="Part">Elements of scratch of each part that runs; a multiple of 16.</param>
internal readonly record struct ConvolutionNeeds(ConvolutionPath Path, int Items, long Shared, long Part)
{
    /// <summary>Rounded up to a whole number of the widest registers of f32.</summary>
    public static long Round(long length) => (length + 15) & ~15L;
}
