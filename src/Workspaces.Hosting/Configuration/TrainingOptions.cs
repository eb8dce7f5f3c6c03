using System.ComponentModel.DataAnnotations;
using Workspaces.Train.Metrics;

namespace Workspaces.Hosting.Configuration;

/// <summary>The section <c>Training</c> of a run: how long and with what.</summary>
public sealed record TrainingOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Training";

    /// <summary>Passes over the training data. Default 1.</summary>
    [Range(1, 1_000_000)]
    public int Epochs { get; init; } = 1;

    /// <summary>Steps to train, over as many epochs as that takes; <see cref="Epochs"/> is not read then. Default 0: epochs say how long.</summary>
    [Range(0.0, 1e18)]
    public long Steps { get; init; }

    /// <summary>Steps after which training ends even within an epoch. Default 0: no limit.</summary>
    [Range(0.0, 1e18)]
    public long MaxSteps { get; init; }

    /// <summary>Seed of everything random: initial values, order of samples, dropout. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 1;

    /// <summary>Threads that compute. Default 0: one per core.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Batches whose gradients are summed before the optimizer takes a step. Default 1: none are.</summary>
    [Range(1, 1 << 20)]
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>Largest norm of all gradients together. Default 0: no limit.</summary>
    [Range(0.0, double.MaxValue)]
    public double ClipNorm { get; init; }

    /// <summary>Largest magnitude of an element of a gradient. Default 0: no limit.</summary>
    [Range(0.0, double.MaxValue)]
    public double ClipValue { get; init; }

    /// <summary>Share that the moving average of the weights keeps at each step; evaluation judges the average. Default 0: there is no average.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double AverageDecay { get; init; }

    /// <summary>
    /// Whether buffers, such as running statistics, are averaged like the weights; <see cref="AverageDecay"/> must be above 0 then. Default false: the average is judged
    /// with the model's own.
    /// </summary>
    public bool AverageBuffers { get; init; }

    /// <summary>Steps between two validations within an epoch. Default 0: after epochs only.</summary>
    [Range(0.0, 1e18)]
    public long ValidateEvery { get; init; }

    /// <summary>What is measured on the test samples besides the loss, see <see cref="MetricNames"/>. Default null: nothing.</summary>
    public string[]? Metrics { get; init; }

    /// <summary>What tells the best checkpoint and when to stop early. Default null: the test loss, or the training loss without test data.</summary>
    public string? Monitor { get; init; }

    /// <summary>When to stop early. Default null: never.</summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; }

    /// <summary>The folder of the checkpoints as it was written. Default null: none are written.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Steps between two checkpoints. Default 0: one at the end of each epoch.</summary>
    [Range(0.0, 1e18)]
    public long CheckpointEvery { get; init; }

    /// <summary>How many of the newest checkpoints are kept, besides the best one. Default 3.</summary>
    [Range(1, 1_000_000)]
    public int KeepCheckpoints { get; init; } = 3;

    /// <summary>The file, CSV or JSON, that gets a line for each validation, as it was written. Default null: none.</summary>
    public string? History { get; init; }

    /// <summary>Finds keys that do not go together.</summary>
    /// <param name="validationContext">Not read.</param>
    /// <returns>What is wrong.</returns>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AverageBuffers && AverageDecay == 0) yield return new ValidationResult($"there is no average with {nameof(AverageDecay)} = 0", [nameof(AverageBuffers)]);
    }
}
