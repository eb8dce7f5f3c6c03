namespace Workspaces.Kernels.Recurrent;

/// <summary>What a step does between its products, forward or back.</summary>
internal interface IRecurrentCells
{
    /// <summary>Runs the cells of some samples.</summary>
    /// <param name="step">The step.</param>
    /// <param name="last">The step before it, -1 for none.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="end">The sample behind the last.</param>
    void Run(int step, int last, int first, int end);
}
