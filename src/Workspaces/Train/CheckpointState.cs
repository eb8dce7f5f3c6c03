using System.Text.Json;
using System.Text.Json.Serialization;
using Workspaces.Data;

namespace Workspaces.Train;

/// <summary>The part of a checkpoint that is not tensors, as it stands in JSON.</summary>
internal sealed record CheckpointState
{
    internal const int CurrentVersion = 1;

    public required int Version { get; init; }

    public required long Step { get; init; }

    public required int Epoch { get; init; }

    public required int Batch { get; init; }

    public double LossSum { get; init; }

    public long LossSamples { get; init; }

    public double? Best { get; init; }

    public long BadChecks { get; init; }

    public required EpochState[] Epochs { get; init; }

    public required StreamState[] Random { get; init; }

    public OptimizerState? Optimizer { get; init; }

    public AverageState? Average { get; init; }

    public ScheduleState? Schedule { get; init; }

    public LoaderState? Loader { get; init; }

    /// <summary>What is done with samples; null in files of older versions and without a loader.</summary>
    public PreparationState? Preparation { get; init; }

    /// <summary>Reads the JSON; says what is wrong with it otherwise.</summary>
    internal static CheckpointState Parse(string json, string path)
    {
        try
        {
            CheckpointState? state = JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointState);
            if (state is null) CheckpointErrors.Throw(path, "its state is null");
            if (state!.Problem() is { } problem) CheckpointErrors.Throw(path, problem);
            return state;
        }
        catch (JsonException error)
        {
            CheckpointErrors.Throw(path, $"its state is no such JSON: {Shortened(error.Message)}", error);
            throw;
        }
    }

    internal string ToJson() => JsonSerializer.Serialize(this, CheckpointJson.Default.CheckpointState);

    private string? Problem()
    {
        if (Version != CurrentVersion) return $"it is of version {Version}, and this program reads version {CurrentVersion}";
        if (Step < 0 || Epoch < 0 || Batch < 0 || LossSamples < 0 || BadChecks < 0) return $"it stands at step {Step}, epoch {Epoch}, batch {Batch}";
        if (Random.Any(static stream => stream is null || stream.Draws < 0)) return "a stream of random numbers has fewer than 0 draws";
        if (Optimizer is { } optimizer && (optimizer.Steps < 0 || optimizer.Groups.Any(static group => group is null) || optimizer.Parameters.Any(static parameter =>
            parameter is not { Steps: >= 0 }))) return "its optimizer has taken fewer than 0 steps";
        if (Average is { Updates: < 0 }) return "its average has fewer than 0 updates";
        if (Preparation is { } samples && samples.Problem() is { } problem) return problem;
        return Epochs.Any(static epoch => epoch is null) ? "one of its epochs is null" : null;
    }

    private static string Shortened(string message) => message.Length <= 300 ? message : message[..300];
}

/// <summary>An epoch that is complete.</summary>
internal sealed record EpochState(
    int Epoch, double TrainLoss, double? TestAccuracy, double? TestLoss, double SamplesPerSecond, long ArenaBytes, Dictionary<string, double>? Metrics);

/// <summary>A stream of random numbers.</summary>
internal sealed record StreamState(string Name, ulong Seed, long Draws);

/// <summary>An optimizer; what it remembers for each element are tensors.</summary>
internal sealed record OptimizerState(string Kind, long Steps, GroupState[] Groups, ParameterState[] Parameters);

/// <summary>The numbers of a group, and how many parameters it has.</summary>
internal sealed record GroupState(double LearningRate, double WeightDecay, Dictionary<string, double> Numbers, int Parameters);

/// <summary>A parameter of an optimizer.</summary>
internal sealed record ParameterState(string Name, long Length, long Steps, int Numbers);

/// <summary>An average of weights.</summary>
internal sealed record AverageState(string Kind, long Updates, string[] Parameters, int Buffers);

/// <summary>A schedule of the learning rate.</summary>
internal sealed record ScheduleState(string Kind, Dictionary<string, double> State);

/// <summary>What batches depend on.</summary>
internal sealed record LoaderState(int Count, int BatchSize, bool Shuffle, ulong Seed, bool DropLast, long[] SampleShape, bool HasTokens);

[JsonSourceGenerationOptions(
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CheckpointState))]
[JsonSerializable(typeof(Dictionary<string, string?>))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
