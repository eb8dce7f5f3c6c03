using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Recurrent;

/// <summary>What lies between the products of one step, for some of the samples. Parts have samples of their own.</summary>
internal ref struct CellsJob<T, TCells> : IKernelJob
    where T : unmanaged
    where TCells : struct, IRecurrentCells, allows ref struct
{
    public TCells Cells;

    /// <summary>Elements of the gates of a sample.</summary>
    public int Width;

    /// <summary>The first sample.</summary>
    public int First;

    /// <summary>How many.</summary>
    public int Samples;

    private int _step;
    private int _last;
    private int _parts;

    /// <summary>Runs a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="last">The step before it, -1 for none.</param>
    /// <param name="team">Threads, or null.</param>
    public void Run(int step, int last, KernelTeam? team)
    {
        _step = step;
        _last = last;
        _parts = SampleParts.OfStep<T>(Samples, Width, team?.Threads ?? 1);
        if (team is null || _parts == 1) Cells.Run(step, last, First, First + Samples);
        else team.Run(_parts, ref this);
    }

    /// <inheritdoc/>
    public void Execute(int part) =>
        Cells.Run(_step, _last, First + SampleParts.First(Samples, part, _parts), First + SampleParts.First(Samples, part + 1, _parts));
}
