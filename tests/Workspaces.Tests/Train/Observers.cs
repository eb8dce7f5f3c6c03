using Workspaces.Train;

namespace Workspaces.Tests.Train;

internal abstract class SilentObserver : ITrainObserver
{
    public virtual void OnStart(int epochs, long stepsPerEpoch)
    {
    }

    public virtual void OnStep(in TrainStep step)
    {
    }

    public virtual void OnEpoch(EpochResult epoch)
    {
    }

    public virtual void OnEnd(TrainResult result)
    {
    }
}

internal sealed class LossObserver : SilentObserver
{
    internal List<float> Losses { get; } = [];

    public override void OnStep(in TrainStep step) => Losses.Add(step.Loss);
}

internal sealed class CancellingObserver(CancellationTokenSource stop, long atStep) : SilentObserver
{
    public override void OnStep(in TrainStep step)
    {
        if (step.Step == atStep) stop.Cancel();
    }
}

/// <summary>Reads what must not grow after every epoch.</summary>
internal sealed class GrowthObserver : SilentObserver
{
    internal List<long> Committed { get; } = [];

    internal List<long> Heap { get; } = [];

    internal List<long> Resident { get; } = [];

    public override void OnEpoch(EpochResult epoch)
    {
        Committed.Add(epoch.ArenaBytes);
        Heap.Add(GC.GetTotalMemory(forceFullCollection: true));
        Resident.Add(Environment.WorkingSet);
    }
}
