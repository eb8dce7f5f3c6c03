namespace Workspaces.Train;

/// <summary>Several observers as one; each is told everything, in order.</summary>
/// <param name="observers">Those to tell.</param>
public sealed class TrainObservers(params IReadOnlyList<ITrainObserver> observers) : ITrainObserver
{
    private readonly ITrainObserver[] _observers = [.. observers];

    /// <inheritdoc/>
    public void OnStart(int epochs, long stepsPerEpoch)
    {
        foreach (ITrainObserver observer in _observers) observer.OnStart(epochs, stepsPerEpoch);
    }

    /// <inheritdoc/>
    public void OnResume(TrainingPosition position)
    {
        foreach (ITrainObserver observer in _observers) observer.OnResume(position);
    }

    /// <inheritdoc/>
    public void OnStep(in TrainStep step)
    {
        foreach (ITrainObserver observer in _observers) observer.OnStep(step);
    }

    /// <inheritdoc/>
    public void OnValidation(in Validation validation)
    {
        foreach (ITrainObserver observer in _observers) observer.OnValidation(validation);
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string path)
    {
        foreach (ITrainObserver observer in _observers) observer.OnCheckpoint(path);
    }

    /// <inheritdoc/>
    public void OnEpoch(EpochResult epoch)
    {
        foreach (ITrainObserver observer in _observers) observer.OnEpoch(epoch);
    }

    /// <inheritdoc/>
    public void OnEnd(TrainResult result)
    {
        foreach (ITrainObserver observer in _observers) observer.OnEnd(result);
    }
}
