namespace Workspaces.Optim;

/// <summary>The time in which averages are in the parameters; see <see cref="WeightAverage.SwapIn"/>.</summary>
public readonly struct WeightAverageScope : IDisposable
{
    private readonly WeightAverage? _average;

    internal WeightAverageScope(WeightAverage average) => _average = average;

    /// <summary>Puts the parameters' own values back. A second call does nothing.</summary>
    public void Dispose() => _average?.SwapOut();
}
