namespace Workspaces.Train;

/// <summary>Watches a training run: progress bars, logs, early stopping. Called on the training thread, outside of passes.</summary>
public interface ITrainObserver
{
    /// <summary>The run begins.</summary>
    /// <param name="epochs">Epochs wanted.</param>
    /// <param name="stepsPerEpoch">Steps in each.</param>
    void OnStart(int epochs, long stepsPerEpoch);

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
