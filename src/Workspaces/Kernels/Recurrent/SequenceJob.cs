using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Recurrent;

/// <summary>All steps of all samples. Parts have samples of their own and never wait for each other; where there are too few samples, threads share each step.</summary>
internal ref struct SequenceJob<T, TSteps> : IKernelJob
    where T : unmanaged
    where TSteps : struct, IRecurrentSteps<T>, allows ref struct
{
    public TSteps Steps;
    public StepProduct Product;
    public Span<T> Scratch;
    public RecurrenceSettings Settings;
    private int _parts;

    public void Run(KernelTeam? team)
    {
        _parts = SampleParts.OfSequence(Settings, team?.Threads ?? 1);
        if (team is null || _parts == 1) Steps.Run(0, Settings.Samples, Scratch, team);
        else team.Run(_parts, ref this);
    }

    /// <inheritdoc/>
    public void Execute(int part)
    {
        int first = SampleParts.First(Settings.Samples, part, _parts), end = SampleParts.First(Settings.Samples, part + 1, _parts);
        int scratch = Product.ScratchLength<T>(SampleParts.Most(Settings.Samples, _parts), 1);
        Steps.Run(first, end - first, Scratch.Slice(part * scratch, scratch), null);
    }
}
