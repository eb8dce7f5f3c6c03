using System.Globalization;
using System.Text;
using System.Text.Json;
using Workspaces.IO;
using Workspaces.Memory.Files;

namespace Workspaces.Train;

/// <summary>
/// Writes what a run has come to, a line for each validation, to a file that is replaced after each: CSV, or with the ending <c>.json</c> an array of objects. A run
/// that goes on from a checkpoint begins with the epochs before it. Writing makes garbage, once a validation.
/// </summary>
public sealed class TrainHistory : ITrainObserver
{
    private static readonly string[] Fixed = ["step", "epoch", "train_loss", "test_loss", "test_accuracy", "samples_per_second", "arena_bytes"];
    private readonly List<Row> _rows = [];
    private readonly bool _isJson;
    private long _stepsPerEpoch;
    private long _step;
    private IOException? _failure;

    /// <summary>Names the file.</summary>
    /// <param name="path">The file to make or replace; it is made when the run begins.</param>
    public TrainHistory(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
        _isJson = System.IO.Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void OnStart(int epochs, long stepsPerEpoch)
    {
        _stepsPerEpoch = stepsPerEpoch;
        _rows.Clear();
        _step = 0;
        Write(); // a path that cannot be written ends the run before it costs time
        if (_failure is not null) throw _failure;
    }

    /// <inheritdoc/>
    public void OnResume(TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        _step = position.Step;
        foreach (EpochResult epoch in position.Epochs) Add(epoch, (epoch.Epoch + 1) * _stepsPerEpoch);
        Write();
    }

    /// <inheritdoc/>
    public void OnStep(in TrainStep step) => _step = step.Step;

    /// <inheritdoc/>
    public void OnValidation(in Validation validation)
    {
        _rows.Add(new Row(validation.Step, validation.Epoch, null, validation.Loss, validation.Accuracy, null, null, validation.Metrics));
        Write();
    }

    /// <inheritdoc/>
    public void OnEpoch(EpochResult epoch)
    {
        Add(epoch, _step);
        Write();
    }

    /// <summary>Throws when the last lines could not be written.</summary>
    /// <param name="result">Not read.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void OnEnd(TrainResult result)
    {
        if (_failure is not null) throw _failure;
    }

    private void Add(in EpochResult epoch, long step) => _rows.Add(new Row(
        step, epoch.Epoch, epoch.TrainLoss, epoch.TestLoss, epoch.TestAccuracy, epoch.SamplesPerSecond, epoch.ArenaBytes, epoch.Metrics));

    /// <summary>A full disk does not end the run: the next lines try again.</summary>
    private void Write()
    {
        try
        {
            byte[] text = _isJson ? Json() : Encoding.UTF8.GetBytes(Csv());
            AtomicFile.Write(Path, nameof(TrainHistory), stream => stream.Write(text));
            _failure = null;
        }
        catch (IOException error)
        {
            _failure = error;
        }
    }

    private string[] Metrics => [.. _rows.SelectMany(static row => row.Metrics?.Keys ?? []).Distinct(StringComparer.Ordinal)];

    private string Csv()
    {
        string[] metrics = Metrics;
        var text = new StringBuilder();
        text.AppendJoin(',', Fixed.Concat(metrics)).Append('\n');
        foreach (Row row in _rows)
        {
            text.AppendJoin(',', row.Values(metrics).Select(static value => value is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "")).Append('\n');
        }

        return text.ToString();
    }

    private byte[] Json()
    {
        string[] metrics = Metrics, names = [.. Fixed, .. metrics];
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (Row row in _rows)
            {
                json.WriteStartObject();
                foreach ((string name, double? value) in names.Zip(row.Values(metrics)))
                {
                    if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
                    else json.WriteNull(name);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return memory.ToArray();
    }

    private sealed record Row(
        long Step, int Epoch, double? TrainLoss, double? TestLoss, double? TestAccuracy, double? SamplesPerSecond, long? ArenaBytes, IReadOnlyDictionary<string, double>? Metrics)
    {
        internal IEnumerable<double?> Values(string[] metrics) =>
        [
            Step, Epoch + 1, TrainLoss, TestLoss, TestAccuracy, SamplesPerSecond, ArenaBytes,
            .. metrics.Select(name => Metrics is { } its && its.TryGetValue(name, out double value) ? (double?)value : null),
        ];
    }
}
