namespace Workspaces.Hosting.Progress;

/// <summary>What a live display shows at one moment.</summary>
/// <param name="Where">Epoch and loss, or how the run has ended; empty before it begins.</param>
/// <param name="Done">Share of the steps, 0 to 1.</param>
/// <param name="Left">The time that the rest will take; null while it is not known.</param>
/// <param name="SamplesPerSecond">Throughput of the last steps, of all when the run has ended.</param>
/// <param name="PeakBytes">Most bytes of the step workspace in use at one moment.</param>
/// <param name="ArenaBytes">Bytes that it has committed.</param>
/// <param name="HasFigures">True when a step was taken.</param>
/// <param name="HasEnded">True when the run has ended.</param>
internal readonly record struct LiveState(
    string Where, double Done, TimeSpan? Left, double SamplesPerSecond, long PeakBytes, long ArenaBytes, bool HasFigures, bool HasEnded);
