using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Progress;
using Workspaces.Memory;
using Workspaces.Memory.Recording;
using Workspaces.Memory.Tracking;
using Workspaces.Train;

namespace Workspaces.Hosting.Reports;

/// <summary>
/// Gathers a report while a training runs. Blocks are looked at in the first steps, in the last and first one of each epoch and in the evaluation between them;
/// the steps between run as they always do.
/// </summary>
public sealed class ReportRecorder : ITrainObserver, IDisposable
{
    private const int FirstSteps = 32;
    private const int MostPoints = 2048;
    private readonly TrainingRun _run;
    private readonly long _mostSteps;
    private readonly PassRecording _recording;
    private readonly List<CurvePoint> _curve = [];
    private readonly List<EpochResult> _epochs = [];
    private long _steps;
    private long _stepsPerEpoch;
    private long _every = 1;
    private (long Steps, double Loss, long Samples, double Milliseconds) _sum;
    private TrainResult? _result;
    private MemoryReport _memory;

    /// <summary>Begins to record.</summary>
    /// <param name="run">The training.</param>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    public ReportRecorder(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _run = run;
        TrainingOptions training = run.Configuration.GetOptions<TrainingOptions>(TrainingOptions.Section);
        _mostSteps = Math.Min(training.Steps > 0 ? training.Steps : long.MaxValue, training.MaxSteps > 0 ? training.MaxSteps : long.MaxValue);
        _recording = run.Manager.RecordPasses();
    }

    /// <summary>What has been gathered so far.</summary>
    /// <returns>The report.</returns>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    public RunReport ToReport() => new()
    {
        Title = TitleOf(_run.Configuration),
        Subtitle = Describe(),
        Passes = PassesOf(_run, _recording),
        PassNames = NamesOf(_run),
        Runs = _recording.Runs,
        Curve = _curve,
        Epochs = _epochs,
        StepsPerEpoch = _stepsPerEpoch,
        Memory = _memory,
        Persistent = [.. PersistentOf(_run.Manager), ("Batches", _result?.Memory.DataBytes ?? 0)],
        Configuration = EffectiveConfiguration.Of(_run.Configuration),
        Findings = _run.Manager.Findings,
    };

    /// <summary>A report of a run that was not run: its passes are traced on shapes alone, and lie as the plans will have them.</summary>
    /// <param name="run">A run made by <see cref="TrainingRun.CreateForShapes"/>.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ShapesOnlyException">A component reads values, so shapes alone do not tell its memory.</exception>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    public static RunReport Forecast(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using PassRecording recording = run.Manager.RecordPasses();
        MemoryForecast forecast = run.Forecast();
        return new RunReport
        {
            Title = TitleOf(run.Configuration),
            Subtitle = $"before training, from shapes alone: {ByteSize.Round(forecast.ArenaBytes)} for steps and scratch",
            Passes = PassesOf(run, recording),
            PassNames = NamesOf(run),
            Persistent = PersistentOf(run.Manager),
            Configuration = EffectiveConfiguration.Of(run.Configuration),
            Findings = run.Manager.Findings,
        };
    }

    /// <inheritdoc/>
    public void OnStart(int epochs, long stepsPerEpoch) => _stepsPerEpoch = stepsPerEpoch;

    /// <inheritdoc/>
    public void OnResume(TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        _epochs.AddRange(position.Epochs);
    }

    /// <inheritdoc/>
    public void OnStep(in TrainStep step)
    {
        _steps++;
        long inEpoch = step.Step - (step.Epoch * _stepsPerEpoch);
        _recording.HasDetails = _steps < FirstSteps || inEpoch >= _stepsPerEpoch - 1 || step.Step >= _mostSteps - 1;
        Add(step);
    }

    /// <inheritdoc/>
    public void OnEpoch(EpochResult epoch) => _epochs.Add(epoch);

    /// <inheritdoc/>
    public void OnEnd(TrainResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Flush(result.Steps);
        _result = result;
        _memory = _run.Manager.Memory;
        _recording.HasDetails = false;
    }

    /// <summary>Ends the recording.</summary>
    public void Dispose() => _recording.Dispose();

    internal static IReadOnlyList<(string Name, long Bytes)> PersistentOf(WorkspaceManager manager) =>
    [
        ("Parameters", manager.Persistent.ParameterBytes),
        ("Gradients of parameters", manager.Persistent.GradientBytes),
        ("Optimizer state", manager.Persistent.StateBytes),
    ];

    private static IReadOnlyList<RecordedPass> PassesOf(TrainingRun run, PassRecording recording) =>
        RunFileLines.Of(run.Configuration) is { } lines ? [.. recording.Passes.Select(lines.Fill)] : recording.Passes;

    private static string TitleOf(RunConfiguration configuration) => configuration.RunFile is { } file ? Path.GetFileNameWithoutExtension(file) : "Training";

    private static Dictionary<PassSignature, string> NamesOf(TrainingRun run)
    {
        var names = new Dictionary<PassSignature, string>();
        foreach ((string name, PassSignature signature) in run.Trainer.NamePasses()) names[signature] = name;
        return names;
    }

    private string Describe()
    {
        if (_result is not { } result) return Plural(_steps, "step");
        string accuracy = result.TestAccuracy is { } right ? string.Create(CultureInfo.InvariantCulture, $", test accuracy {100 * right:F2} %") : "";
        string end = result.Cancelled ? ", cancelled" : result.StoppedEarly ? ", stopped early" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Plural(result.Epochs.Count, "epoch")}, {Plural(result.Steps, "step")} of {result.MillisecondsPerStepMedian:G3} ms, "
            + $"loss {ProgressText.Loss(result.TrainLoss)}{accuracy}{end}");
    }

    private static string Plural(long count, string word) => count == 1 ? $"1 {word}" : string.Create(CultureInfo.InvariantCulture, $"{count} {word}s");

    /// <summary>Points are means over so many steps that there are never too many of them.</summary>
    private void Add(in TrainStep step)
    {
        _sum = (_sum.Steps + 1, _sum.Loss + step.Loss, _sum.Samples + step.Samples, _sum.Milliseconds + step.Milliseconds);
        if (_sum.Steps < _every) return;
        Flush(step.Step);
        if (_curve.Count < MostPoints) return;
        for (int i = 0; i < _curve.Count / 2; i++)
        {
            CurvePoint a = _curve[2 * i], b = _curve[(2 * i) + 1];
            double rate = 2 / ((1 / a.SamplesPerSecond) + (1 / b.SamplesPerSecond)); // over equal numbers of samples
            _curve[i] = new CurvePoint(b.Step, (a.Loss + b.Loss) / 2, rate);
        }

        _curve.RemoveRange(_curve.Count / 2, _curve.Count - (_curve.Count / 2));
        _every *= 2;
    }

    private void Flush(long step)
    {
        if (_sum.Steps == 0) return;
        _curve.Add(new CurvePoint(step, _sum.Loss / _sum.Steps, _sum.Samples / Math.Max(_sum.Milliseconds, 1e-6) * 1000));
        _sum = default;
    }
}
