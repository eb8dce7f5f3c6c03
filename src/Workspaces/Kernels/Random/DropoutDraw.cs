namespace Workspaces.Kernels.Random;

/// <summary>One mask of a dropout: how many elements go, and which.</summary>
/// <param name="Probability">Of dropping an element, 0 to 1; 0 drops nothing.</param>
/// <param name="Seed">Seed of <see cref="Philox"/>.</param>
/// <param name="Stream">Another for every mask of a run.</param>
internal readonly record struct DropoutDraw(double Probability, ulong Seed, ulong Stream);
