namespace Workspaces.Train.Metrics;

/// <summary>
/// e to the mean cross entropy of the rows: among so many equally likely classes the model still chooses. Outputs are logits or log-probabilities; computed in double
/// precision with the largest output subtracted first.
/// </summary>
public sealed class Perplexity : ClassMetric
{
    private double _sum;

    /// <inheritdoc/>
    public override string Name => "Perplexity";

    /// <inheritdoc/>
    public override double Value => Math.Exp(_sum / Count);

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override void Reset() => (_sum, Count) = (0, 0);

    private protected override void AddRow<T>(ReadOnlySpan<T> scores, int right)
    {
        double largest = double.CreateTruncating(scores[Best(scores)]), sum = 0;
        foreach (T score in scores) sum += Math.Exp(double.CreateTruncating(score) - largest);
        _sum += largest + Math.Log(sum) - double.CreateTruncating(scores[right]);
    }
}
