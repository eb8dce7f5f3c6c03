namespace Workspaces.Train;

/// <summary>Watches a training run: progress bars, logs, early stopping. Called on the training thread, outside of passes.</summary>
public interface ITrainObserver
{
    /// <summary>The run begins.</summary>
    /// <param name="epochs">Epochs wanted.</param>
    /// <param name="stepsPerEpoch">Steps in each.</param>
    void OnStart(int epochs, long stepsPerEpoch);

    /// <summary>The run goes on from a checkpoint; called behind <see cref="OnStart"/>.</summary>
    /// <param name="position">Where it stands, with the epochs that are complete.</param>
    void OnResume(TrainingPosition position)
    {
    }

    /// <summary>The model was validated between two steps, see <see cref="TrainerOptions.ValidateEvery"/>; after an epoch <see cref="OnEpoch"/> says it.</summary>
    /// <param name="validation">What came out.</param>
    void OnValidation(in Validation validation)
    {
    }

    /// <summary>A checkpoint was written.</summary>
    /// <param name="path">The file.</param>
    void OnCheckpoint(string path)
    {
    }

    /// <summary>A step has been taken.</summary>
    /// <param name="step">The step.</param>
    void OnStep(in TrainStep step);

    /// <summary>An epoch, its evaluation included, is complete.</summary>
    /// <param name="epoch">The epoch.</param>
    void OnEpoch(EpochResult epoch);

    /// <summary>The run has ended, or was cancelled.</summary>
    /// <param name="result">The result.</param>
    void OnEnd(TrainResult result);
}
