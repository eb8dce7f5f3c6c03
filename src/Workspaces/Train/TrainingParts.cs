using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Optim;

namespace Workspaces.Train;

/// <summary>What changes while a model is trained, and so what a <see cref="Checkpoint"/> keeps. A part that is null is not kept.</summary>
public sealed record TrainingParts
{
    /// <summary>Parameters, buffers and the streams of random numbers.</summary>
    public required Module Model { get; init; }

    /// <summary>What it remembers for each element, its counts and the numbers of its groups.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>Its place in time; it must be an <see cref="IResumableScheduler"/>.</summary>
    public ILearningRateScheduler? Scheduler { get; init; }

    /// <summary>The average and its count.</summary>
    public WeightAverage? Average { get; init; }

    /// <summary>Seed and sizes of the batches, to be compared; which batch comes next is in <see cref="TrainingPosition"/>.</summary>
    public DataLoader? Train { get; init; }

    /// <summary>The plans that it has learned.</summary>
    public Workspace? Step { get; init; }
}
