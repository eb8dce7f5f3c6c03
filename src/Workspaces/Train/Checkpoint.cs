using System.Text.Json;
using Workspaces.Autograd;
using Workspaces.IO;
using Workspaces.Memory.Files;
using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>
/// A training on disk: one safetensors file with the model, what the optimizer remembers, averages, the place of the schedule, of the streams of random numbers and of
/// the loader, plans and configuration. A training that goes on from it computes the same bits as one that was never stopped.
/// <code>
///   model.0.weight              parameters and buffers, with the names of state_dict behind "model."
///   optimizer.1.0.weight        number 1 that the optimizer remembers for each element of 0.weight, in one row
///   average.0.weight            the average of the weights
///   metadata: state (JSON), configuration (JSON), plans (JSON), sha256 over everything
/// </code>
/// Files are replaced as a whole: whoever reads the path, also after the process was killed while it wrote, finds the old one or the new one.
/// </summary>
public static class Checkpoint
{
    internal const string StateKey = "workspaces.checkpoint";
    internal const string ConfigurationKey = "workspaces.configuration";
    internal const string PlansKey = "workspaces.plans";
    internal const string ModelPrefix = "model.";
    internal const string AveragePrefix = "average.";

    /// <summary>Unfinished files of the same name that are older belong to nobody: what is being written is locked, from a moment after it was made.</summary>
    private static readonly TimeSpan AgeOfLeftovers = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Writes a checkpoint. Gradients must have been applied: between two steps of the optimizer. What a process that was killed while it wrote the same file has left
    /// beside it is deleted.
    /// </summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="parts">What to keep.</param>
    /// <param name="position">Where the training stands; null for its beginning.</param>
    /// <param name="configuration">Configuration of the run, full keys with their values; null for none.</param>
    /// <exception cref="ArgumentException">The scheduler is no <see cref="Optim.IResumableScheduler"/>.</exception>
    /// <exception cref="InvalidOperationException">A gradient waits for the optimizer, or averages are in the parameters.</exception>
    /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
    public static void Save(
        string path, TrainingParts parts, TrainingPosition? position = null, IReadOnlyDictionary<string, string?>? configuration = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(parts);
        CheckpointState state = CheckpointParts.StateOf(parts, position ?? new TrainingPosition());
        var metadata = new Dictionary<string, string> { [StateKey] = state.ToJson() };
        if (configuration is not null)
            metadata[ConfigurationKey] = JsonSerializer.Serialize(new Dictionary<string, string?>(configuration), CheckpointJson.Default.DictionaryStringString);
        if (parts.Step is { } step) metadata[PlansKey] = CheckpointPlans.TextOf(step);
        string name = Path.GetFileName(path);
        AtomicFile.DeleteLeftovers(Path.GetDirectoryName(Path.GetFullPath(path))!, other => other == name, AgeOfLeftovers);
        var views = new List<Tensor>();
        try
        {
            Safetensors.Save(path, CheckpointParts.TensorsOf(parts, views), metadata, isSealed: true);
        }
        finally
        {
            foreach (Tensor view in views) view.Dispose();
        }
    }

    /// <summary>
    /// Puts a training where a checkpoint was taken. Everything is compared before anything is written, so that a refused file leaves all parts as they were.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="parts">Parts made as those that were saved.</param>
    /// <param name="keepNumbers">True to keep learning rates and other numbers of the optimizer's groups as they are now.</param>
    /// <returns>Where the training stands.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, no checkpoint, or one of another training; the message lists the differences.</exception>
    public static TrainingPosition Load(string path, TrainingParts parts, bool keepNumbers = false)
    {
        ArgumentNullException.ThrowIfNull(parts);
        using SafetensorsFile file = OpenSealed(path, out CheckpointState state);
        CheckpointParts.Restore(file, state, parts, keepNumbers);
        if (parts.Step is { } step && file.Metadata.TryGetValue(PlansKey, out string? plans)) CheckpointPlans.Load(step, plans, path);
        return PositionOf(state);
    }

    /// <summary>Loads the weights and buffers of a checkpoint into a model, to use it. Everything is compared before anything is written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">A model made as the one that was saved.</param>
    /// <param name="average">True to take the average of the weights where there is one, as evaluation does.</param>
    /// <returns>What the checkpoint says of itself.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, no checkpoint, or one of another model; the message lists the differences.</exception>
    public static CheckpointInfo LoadModel(string path, Module model, bool average = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        using SafetensorsFile file = OpenSealed(path, out CheckpointState state);
        List<string> differences = CheckpointDifferences.OfModel(file, model);
        if (differences.Count > 0) CheckpointErrors.ThrowDifferences(path, differences);
        foreach ((string name, Tensor value) in model.StateDict()) file.CopyTo(ModelPrefix + name, value);
        if (average) CheckpointParts.TakeAverage(file, model);
        return InfoOf(file, state);
    }

    /// <summary>Reads what a checkpoint says of itself, and checks that it is whole.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or no checkpoint.</exception>
    public static CheckpointInfo Read(string path)
    {
        using SafetensorsFile file = OpenSealed(path, out CheckpointState state);
        return InfoOf(file, state);
    }

    /// <summary>The text of the plans, or null.</summary>
    internal static string? PlansOf(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Metadata.GetValueOrDefault(PlansKey);
    }

    private static SafetensorsFile OpenSealed(string path, out CheckpointState state)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            if (!file.Metadata.TryGetValue(StateKey, out string? json))
                CheckpointErrors.Throw(path, $"it is a safetensors file of {file.Tensors.Count} tensors without the text '{StateKey}'");
            if (!file.Metadata.TryGetValue(ContentSum.Key, out string? said)) CheckpointErrors.Throw(path, $"the text '{ContentSum.Key}', the sum of its content, is missing");
            string sum = ContentSum.Of(file);
            if (!string.Equals(sum, said, StringComparison.Ordinal))
                CheckpointErrors.Throw(path, $"its content has the sum {sum}, and {(said!.Length > 80 ? said[..80] : said)} when it was written: bytes have changed since");
            state = CheckpointState.Parse(json!, path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static CheckpointInfo InfoOf(SafetensorsFile file, CheckpointState state) => new()
    {
        Path = file.Path,
        Position = PositionOf(state),
        Configuration = ConfigurationOf(file),
        SampleShape = state.Loader?.SampleShape ?? [],
        HasTokens = state.Loader is { HasTokens: true },
        Optimizer = state.Optimizer?.Kind,
        HasAverage = state.Average is not null,
        Preparation = state.Preparation,
    };

    private static Dictionary<string, string?> ConfigurationOf(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(ConfigurationKey, out string? json)) return [];
        try
        {
            return JsonSerializer.Deserialize(json, CheckpointJson.Default.DictionaryStringString) ?? [];
        }
        catch (JsonException error)
        {
            CheckpointErrors.Throw(file.Path, $"its configuration is no JSON object of texts: {error.Message[..Math.Min(300, error.Message.Length)]}", error);
            throw;
        }
    }

    private static TrainingPosition PositionOf(CheckpointState state) => new()
    {
        Step = state.Step,
        Epoch = state.Epoch,
        Batch = state.Batch,
        LossSum = state.LossSum,
        LossSamples = state.LossSamples,
        Best = state.Best,
        BadChecks = state.BadChecks,
        Epochs = [.. state.Epochs.Select(static epoch => new EpochResult(epoch.Epoch, epoch.TrainLoss, epoch.TestAccuracy, epoch.SamplesPerSecond, epoch.ArenaBytes)
        {
            TestLoss = epoch.TestLoss,
            Metrics = epoch.Metrics,
        })],
    };
}
