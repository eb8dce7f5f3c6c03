using System.Diagnostics.Metrics;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Hosting.Top;

/// <summary>Listens to what trainers count. It makes no garbage: a measurement is a few comparisons and a write.</summary>
internal sealed class TrainingWatch : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _steps;
    private long _epochs;
    private long _samples;
    private double _loss = double.NaN;
    private double _testLoss = double.NaN;
    private double _accuracy = double.NaN;

    internal TrainingWatch()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == WorkspaceTelemetry.Name && instrument.Name is "workspaces.train.steps" or "workspaces.train.epochs"
                or "workspaces.train.samples" or "workspaces.train.loss" or "workspaces.train.accuracy") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Count(instrument.Name, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument.Name, value, tags.Length > 0 && tags[0].Value is "test"));
        _listener.Start();
    }

    /// <summary>Null before the first step.</summary>
    internal TopTraining? Training => Interlocked.Read(ref _steps) is var steps and > 0
        ? new TopTraining(steps, Interlocked.Read(ref _epochs), Interlocked.Read(ref _samples), Finite(_loss), Finite(_testLoss), Finite(_accuracy))
        : null;

    public void Dispose() => _listener.Dispose();

    private void Count(string name, long value)
    {
        if (name == "workspaces.train.steps") Interlocked.Add(ref _steps, value);
        else if (name == "workspaces.train.epochs") Interlocked.Add(ref _epochs, value);
        else Interlocked.Add(ref _samples, value);
    }

    private void Note(string name, double value, bool isTest)
    {
        if (name == "workspaces.train.accuracy") Volatile.Write(ref _accuracy, value);
        else if (isTest) Volatile.Write(ref _testLoss, value);
        else Volatile.Write(ref _loss, value);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
