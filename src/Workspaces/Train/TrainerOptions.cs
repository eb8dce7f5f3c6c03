using Workspaces.Memory;
using Workspaces.Optim;
using Workspaces.Train.Metrics;

namespace Workspaces.Train;

/// <summary>How a trainer runs.</summary>
public sealed record TrainerOptions
{
    /// <summary>Epochs, 1 or more.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Train so many batches, over as many epochs as that takes; 0 when <see cref="Epochs"/> says how long.</summary>
    public long Steps { get; init; }

    /// <summary>Stop after so many batches; 0 for no limit.</summary>
    public long MaxSteps { get; init; }

    /// <summary>
    /// Batches whose gradients are summed before the optimizer takes a step, 1 or more; each counts by its share of the samples, so that a loss that is a mean gives
    /// the gradients of one large batch. The last step of an epoch takes what is left of it.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>Largest norm of all gradients together, see <see cref="GradientClipping.ByNorm"/>; 0 for no limit.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Largest magnitude of an element of a gradient, see <see cref="GradientClipping.ByValue"/>; 0 for no limit. With <see cref="ClipNorm"/> it comes first.</summary>
    public double ClipValue { get; init; }

    /// <summary>Changes the learning rates of the optimizer, or null. Epochs tell it their mean training loss.</summary>
    public ILearningRateScheduler? Scheduler { get; init; }

    /// <summary>An average of the weights: it is updated after every optimizer step, and evaluation judges it; or null. Not disposed by the trainer.</summary>
    public WeightAverage? Average { get; init; }

    /// <summary>Batches between two validations within an epoch, each after the next step of the optimizer; 0 to validate after epochs only.</summary>
    public long ValidateEvery { get; init; }

    /// <summary>What is measured on the test samples besides the loss.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>
    /// What tells the best checkpoint and when to stop early: <c>TestLoss</c>, <c>TestAccuracy</c>, <c>TrainLoss</c> or the name of a metric. Null for the test loss,
    /// or the training loss without test data.
    /// </summary>
    public string? Monitor { get; init; }

    /// <summary>When to stop early; null for never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Where to write checkpoints; null for nowhere.</summary>
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>The workspace of the steps.</summary>
    public WorkspaceConfiguration Step { get; init; } = new() { Name = "step" };
}
