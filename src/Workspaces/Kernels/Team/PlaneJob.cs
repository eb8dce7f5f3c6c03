namespace Workspaces.Kernels.Team;

/// <summary>Splits planes evenly among threads. No plane is split, so the bits are the same for every number of threads.</summary>
internal readonly struct PlaneJob<TWork> : IKernelJob
    where TWork : struct, IPlaneWork
{
    private readonly TWork _work;
    private readonly int _planes;
    private readonly int _parts;

    private PlaneJob(in TWork work, int planes, int parts)
    {
        _work = work;
        _planes = planes;
        _parts = parts;
    }

    /// <summary>Runs the work on all planes, on the team when there is one.</summary>
    public static void Run(in TWork work, int planes, KernelTeam? team)
    {
        if (planes == 0) return;
        int parts = Math.Min(planes, team?.Threads ?? 1);
        var job = new PlaneJob<TWork>(work, planes, parts);
        if (team is null || parts == 1) job.Execute(0, 1);
        else team.Run(parts, ref job);
    }

    /// <inheritdoc/>
    public void Execute(int part) => Execute(part, _parts);

    private void Execute(int part, int parts) => _work.Run((int)((long)_planes * part / parts), (int)((long)_planes * (part + 1) / parts));
}
