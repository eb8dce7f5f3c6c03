namespace Workspaces.Hosting.Reports;

/// <summary>One point of the curves of a report: a step, or the mean of some.</summary>
/// <param name="Step">Number of the step, from 1; of several the last.</param>
/// <param name="Loss">Mean loss of the batches; not a number is left out of the curve.</param>
/// <param name="SamplesPerSecond">Samples over the time that the steps took, loading included.</param>
public readonly record struct CurvePoint(long Step, double Loss, double SamplesPerSecond);
