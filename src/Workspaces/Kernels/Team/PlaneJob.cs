namespace Workspaces.Kernels.Team;

/// <summary>Splits planes evenly among threads. No plane is split, so the bits are the same for every number of threads.</summary>
internal readonly struct PlaneJob<TWork> : IKernelJob
    where TWork : struct, IPlaneWork
{
    /// <summary>The least planes of a part of which each thread gets several, so that the faster core can do more, and how many.</summary>
    private const int ManyPlanes = 4, MostOfThread = 8;

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
        int threads = team?.Threads ?? 1, parts = Math.Min(planes, threads * Math.Clamp(planes / ManyPlanes / threads, 1, MostOfThread));
        var job = new PlaneJob<TWork>(work, planes, parts);
        if (team is null || parts == 1) work.Run(0, planes);
        else team.Run(parts, ref job);
    }

    /// <inheritdoc/>
    public void Execute(int part) => Execute(part, _parts);

    private void Execute(int part, int parts) => _work.Run((int)((long)_planes * part / parts), (int)((long)_planes * (part + 1) / parts));
}
