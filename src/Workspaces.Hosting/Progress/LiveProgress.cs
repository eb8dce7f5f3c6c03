using Spectre.Console;
using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>One bar over the whole run, with throughput and memory beside it; finished epochs scroll above it.</summary>
internal sealed class LiveProgress(ProgressContext context, IAnsiConsole console, LiveFigures figures) : ITrainObserver
{
    private ProgressTask? _task;

    public void OnStart(int epochs, long stepsPerEpoch)
    {
        figures.Epochs = epochs;
        _task = context.AddTask("training", maxValue: Math.Max(1, epochs * stepsPerEpoch));
    }

    public void OnStep(in TrainStep step) => figures.Add(step);

    public void OnResume(TrainingPosition position)
    {
        figures.BeginAt(position.Step);
        console.MarkupLineInterpolated($"{ProgressText.Resume(position)}");
    }

    public void OnValidation(in Validation validation) => console.MarkupLineInterpolated($"{ProgressText.Validation(validation, figures.Epochs)}");

    public void OnEpoch(EpochResult epoch) => console.MarkupLineInterpolated($"{ProgressText.Epoch(epoch, figures.Epochs)}");

    public void OnEnd(TrainResult result)
    {
        figures.End(result.Cancelled ? $"cancelled after {result.Steps} steps" : $"{result.Steps} steps");
        _task!.Value = result.Steps;
        _task.StopTask();
    }
}
