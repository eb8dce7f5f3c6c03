namespace Workspaces.NN;

/// <summary>
/// A module that draws random numbers in <see cref="Module.Forward"/> from a stream of its own: draw number k of a seed is always the same, so seed and count say
/// where the stream stands. Checkpoints keep both.
/// </summary>
public interface IRandomModule
{
    /// <summary>The seed of the stream.</summary>
    ulong Seed { get; }

    /// <summary>Draws so far.</summary>
    long Draws { get; }

    /// <summary>Puts the stream where another one has stood.</summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="draws">Its draws, at least 0.</param>
    void Restore(ulong seed, long draws);
}
