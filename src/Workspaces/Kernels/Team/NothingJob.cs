namespace Workspaces.Kernels.Team;

/// <summary>A job that does nothing: it only wakes threads.</summary>
internal struct NothingJob : IKernelJob
{
    /// <inheritdoc/>
    public readonly void Execute(int part)
    {
    }
}
