using Workspaces.Memory;
using Workspaces.Optim;

namespace Workspaces.Train;

/// <summary>How a trainer runs.</summary>
public sealed record TrainerOptions
{
    /// <summary>Epochs, 1 or more.</summary>
    public int Epochs { get; init; } = 1;

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

    /// <summary>The workspace of the steps.</summary>
    public WorkspaceConfiguration Step { get; init; } = new() { Name = "step" };
}
