namespace Workspaces.Kernels.Optimizers;

/// <summary>
/// Hyperparameters of one step of Adam or AdamW. They are doubles for every element type: 1 - 0.999 taken in single precision is off by 5e-5, and would
/// put the moments that far from those of other frameworks.
/// </summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Strength of decay.</param>
/// <param name="DecoupledDecay">True for AdamW (shrink the parameter), false for Adam (add to the gradient).</param>
/// <param name="BiasCorrection1">1 - Beta1^step.</param>
/// <param name="BiasCorrection2">1 - Beta2^step.</param>
internal readonly record struct AdamSettings(
    double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, bool DecoupledDecay, double BiasCorrection1, double BiasCorrection2);
