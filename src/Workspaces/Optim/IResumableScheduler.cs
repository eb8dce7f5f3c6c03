namespace Workspaces.Optim;

/// <summary>A scheduler whose place in time can be kept in a checkpoint, as few named numbers.</summary>
public interface IResumableScheduler : ILearningRateScheduler
{
    /// <summary>All that a scheduler of the same making needs to go on from here.</summary>
    /// <returns>Numbers by name; infinities are allowed.</returns>
    IReadOnlyDictionary<string, double> SaveState();

    /// <summary>Goes on where another scheduler has stood. Learning rates that follow from the place are set.</summary>
    /// <param name="state">What <see cref="SaveState"/> gave.</param>
    /// <exception cref="ArgumentException">A number is missing, or cannot be.</exception>
    void LoadState(IReadOnlyDictionary<string, double> state);
}
