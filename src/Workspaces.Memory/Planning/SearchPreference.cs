namespace Workspaces.Memory.Planning;

/// <summary>
/// Which of the buffers that can go to the lowest free offset the exact search tries first: the one with the highest weighted sum of features.
/// The first three are logarithms and belong to the buffer; the others depend on what is placed.
/// </summary>
/// <param name="Length">Weight of the lifetime in sections.</param>
/// <param name="Size">Weight of the size.</param>
/// <param name="Load">Weight of the highest load met in life.</param>
/// <param name="Noise">Width of what is drawn at random for each buffer of a run.</param>
/// <param name="Waste">Weight against bytes left free under the buffer, as a share of it.</param>
/// <param name="Wall">Reward for each end of the buffer's life at which something higher stands beside it.</param>
/// <param name="Level">Reward for each end at which the buffer's top is level with what stands beside it.</param>
/// <param name="Backward">Whether independent runs of sections are solved from the last to the first; ties go to the buffer born last.</param>
internal readonly record struct SearchPreference(double Length, double Size, double Load, double Noise, double Waste, double Wall, double Level, bool Backward)
{
    /// <summary>Draws weights; half of the draws leave the surroundings out, half of the others the noise.</summary>
    internal static SearchPreference Draw(Random random)
    {
        bool backward = random.Next(2) == 0;
        double length = random.NextDouble(), size = random.NextDouble();
        if (random.Next(4) == 0) return new(length, size, 10 * random.NextDouble(), 0, 0, 0, 0, backward);
        double load = random.Next(2) == 0 ? 0 : Math.Pow(10, 3 * random.NextDouble() - 1);
        double noise = random.Next(2) == 0 ? 1 : random.NextDouble();
        return new(length, size, load, noise, Some(random, 2), 4 * random.NextDouble(), Some(random, 4), backward);
    }

    /// <summary>The same with each weight changed a little.</summary>
    internal SearchPreference Varied(Random random) => new(
        Near(Length, random), Near(Size, random), Near(Load, random), Near(Noise, random), Near(Waste, random), Near(Wall, random), Near(Level, random),
        random.Next(5) == 0 ? !Backward : Backward);

    private static double Near(double weight, Random random) => weight * Math.Exp(random.NextDouble() - 0.5);

    private static double Some(Random random, double most) => random.Next(2) == 0 ? 0 : most * random.NextDouble();
}
