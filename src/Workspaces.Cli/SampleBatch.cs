using Workspaces.Tensors;

namespace Workspaces.Cli;

/// <summary>Samples that are computed together, as numbers in rows.</summary>
/// <param name="Values">The numbers; those behind <paramref name="Count"/> samples are left over.</param>
/// <param name="Count">Samples.</param>
/// <param name="SampleShape">The shape of one.</param>
internal readonly record struct SampleBatch(double[] Values, int Count, Shape SampleShape);
