namespace Workspaces.Kernels.Rows;

/// <summary>How the losses of labels are weighted.</summary>
/// <param name="Smoothing">Share of the loss that goes to all classes evenly, 0 to 1.</param>
/// <param name="Ignored">The label of samples that do not count.</param>
internal readonly record struct LabelLossSettings(double Smoothing, long Ignored);
