using System.Globalization;
using Workspaces.Memory;

namespace Workspaces.Train;

/// <summary>Decides when a trainer writes checkpoints, writes them and takes old ones away.</summary>
internal sealed class CheckpointWriter
{
    private readonly CheckpointOptions _options;
    private long _saved = -1;

    /// <exception cref="ArgumentException">A number is out of range, or there is no folder.</exception>
    internal CheckpointWriter(CheckpointOptions options)
    {
        _options = options;
        if (string.IsNullOrEmpty(options.Folder)) throw Refused(nameof(CheckpointOptions.Folder), "''", "it names no folder");
        if (options.Every < 0) throw Refused(nameof(CheckpointOptions.Every), options.Every.ToString(CultureInfo.InvariantCulture), "it must be at least 0");
        if (options.Keep < 1) throw Refused(nameof(CheckpointOptions.Keep), options.Keep.ToString(CultureInfo.InvariantCulture), "it must be at least 1");
    }

    /// <summary>The file that was written last, or null.</summary>
    internal string? Last { get; private set; }

    /// <summary>Whether there is one at the end of each epoch.</summary>
    internal bool SavesEpochs => _options.Every == 0;

    /// <summary>A run begins, new or at a step whose checkpoint is there.</summary>
    internal void Begin(long step)
    {
        _saved = step;
        CreateFolder();
        CheckpointFolder.DeleteLeftovers(_options.Folder);
    }

    /// <summary>Whether a number of batches has been completed since the last look.</summary>
    internal bool IsDue(long before, long step) => _options.Every > 0 && step / _options.Every > before / _options.Every;

    /// <summary>Whether there is none of this step yet.</summary>
    internal bool Lacks(long step) => _saved != step;

    internal void Save(TrainingParts parts, TrainingPosition position, ITrainObserver? observer)
    {
        string path = CheckpointFolder.PathOf(_options.Folder, position.Step);
        Write(path, parts, position, observer);
        _saved = position.Step;
        Last = path;
        CheckpointFolder.Thin(_options.Folder, position.Step, _options.Keep);
    }

    internal void SaveBest(TrainingParts parts, TrainingPosition position, ITrainObserver? observer) =>
        Write(Path.Combine(_options.Folder, CheckpointFolder.BestName), parts, position, observer);

    private void Write(string path, TrainingParts parts, TrainingPosition position, ITrainObserver? observer)
    {
        Checkpoint.Save(path, parts, position, _options.Configuration);
        observer?.OnCheckpoint(path);
    }

    private void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(_options.Folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(WorkspaceException.Compose(
                $"make the folder '{_options.Folder}'", nameof(Trainer), error.Message.TrimEnd('.'), "name a folder that this process may make"), error);
        }
    }

    private static ArgumentException Refused(string option, string value, string why) => new(
        WorkspaceException.Compose($"write checkpoints with {option} = {value}", nameof(Trainer), why, "give a number in range, or leave it out"), nameof(option));
}
