using Spectre.Console;
using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>One bar over the whole run, with the figures of the last step; finished epochs scroll above it.</summary>
internal sealed class LiveProgress(ProgressContext context, IAnsiConsole console) : ITrainObserver
{
    private readonly RateMeter _rate = new(TimeSpan.FromMilliseconds(100));
    private ProgressTask? _task;
    private int _epochs;
    private int _pending;

    public void OnStart(int epochs, long stepsPerEpoch)
    {
        _epochs = epochs;
        _task = context.AddTask("training", maxValue: Math.Max(1, epochs * stepsPerEpoch));
    }

    public void OnStep(in TrainStep step)
    {
        _pending++;
        if (!_rate.Add(step.Samples, out double rate)) return;
        _task!.Description = ProgressText.Live(step, _epochs, rate);
        Advance();
    }

    public void OnResume(TrainingPosition position)
    {
        _task!.Increment(position.Step);
        console.MarkupLineInterpolated($"{ProgressText.Resume(position)}");
    }

    public void OnValidation(in Validation validation) => console.MarkupLineInterpolated($"{ProgressText.Validation(validation, _epochs)}");

    public void OnEpoch(EpochResult epoch)
    {
        Advance();
        console.MarkupLineInterpolated($"{ProgressText.Epoch(epoch, _epochs)}");
    }

    public void OnEnd(TrainResult result)
    {
        Advance();
        _task!.Description = result.Cancelled ? $"cancelled after {result.Steps} steps" : $"{result.Steps} steps";
        _task.StopTask();
    }

    private void Advance()
    {
        _task!.Increment(_pending);
        _pending = 0;
    }
}
