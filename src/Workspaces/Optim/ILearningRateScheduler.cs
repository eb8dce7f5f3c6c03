namespace Workspaces.Optim;

/// <summary>Changes the learning rates of an optimizer as training goes on. A trainer calls it; a loop of one's own does the same.</summary>
public interface ILearningRateScheduler
{
    /// <summary>The optimizer has taken a step.</summary>
    void OnStep();

    /// <summary>An epoch is complete.</summary>
    /// <param name="loss">Its mean training loss, or whatever else is watched.</param>
    void OnEpoch(double loss);
}
