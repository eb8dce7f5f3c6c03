using System.Diagnostics.CodeAnalysis;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Optim;
using Workspaces.Train;
using Workspaces.Train.Metrics;

namespace Workspaces.Hosting.Composition;

/// <summary>What the section <c>Training</c> says to a trainer.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class TrainerRecipe
{
    /// <exception cref="ConfigurationException">A metric has no such name.</exception>
    internal static TrainerOptions OptionsOf(
        RunConfiguration run, TrainingOptions training, WorkspaceConfiguration step, ILearningRateScheduler? scheduler, WeightAverage? average) => new()
    {
        Epochs = training.Epochs,
        Steps = training.Steps,
        MaxSteps = training.MaxSteps,
        AccumulationSteps = training.AccumulationSteps,
        ClipNorm = training.ClipNorm,
        ClipValue = training.ClipValue,
        Scheduler = scheduler,
        Average = average,
        ValidateEvery = training.ValidateEvery,
        Metrics = MetricsOf(training),
        Monitor = training.Monitor,
        EarlyStopping = training.EarlyStopping is { } soon ? new EarlyStopping { Patience = soon.Patience, MinDelta = soon.MinDelta } : null,
        Checkpoints = CheckpointsOf(run, training),
        Step = step,
    };

    /// <summary>A trainer that refuses its options says why; the reader of the file also needs to know where.</summary>
    internal static Trainer Make(Func<Trainer> create)
    {
        try
        {
            return create();
        }
        catch (ArgumentException error)
        {
            throw RefusedOptions.At(TrainingOptions.Section, "these options together", error, "Change one of them");
        }
    }

    private static CheckpointOptions? CheckpointsOf(RunConfiguration run, TrainingOptions training)
    {
        if (run.GetPath($"{TrainingOptions.Section}:{nameof(TrainingOptions.CheckpointFolder)}") is { } folder)
            return new CheckpointOptions { Folder = folder, Every = training.CheckpointEvery, Keep = training.KeepCheckpoints, Configuration = run.Export() };
        if (training.CheckpointEvery == 0) return null;
        throw new ConfigurationException(
        [
            new ConfigurationProblem(
                $"{TrainingOptions.Section}:{nameof(TrainingOptions.CheckpointEvery)}", $"checkpoints every {training.CheckpointEvery} steps", "there is no folder for them",
                "Write Training:CheckpointFolder"),
        ]);
    }

    private static Metric[] MetricsOf(TrainingOptions training)
    {
        var metrics = new List<Metric>();
        var problems = new List<ConfigurationProblem>();
        for (int i = 0; i < (training.Metrics?.Length ?? 0); i++)
        {
            try
            {
                metrics.Add(MetricNames.Create(training.Metrics![i]));
            }
            catch (ArgumentException)
            {
                problems.Add(new ConfigurationProblem(
                    $"{TrainingOptions.Section}:{nameof(TrainingOptions.Metrics)}:{i}", $"the metric '{training.Metrics![i]}'", "there is no such metric",
                    Suggestion.For(training.Metrics![i], [.. MetricNames.Known])));
            }
        }

        return problems.Count == 0 ? [.. metrics] : throw new ConfigurationException(problems);
    }
}
