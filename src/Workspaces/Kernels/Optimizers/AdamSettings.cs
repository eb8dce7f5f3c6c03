namespace Workspaces.Kernels.Optimizers;

/// <summary>Hyperparameters of one step of Adam or AdamW.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Strength of decay.</param>
/// <param name="DecoupledDecay">True for AdamW (shrink the parameter), false for Adam (add to the gradient).</param>
/// <param name="BiasCorrection1">1 - Beta1^step.</param>
/// <param name="BiasCorrection2">1 - Beta2^step.</param>
internal readonly record struct AdamSettings<T>(
    T LearningRate, T Beta1, T Beta2, T Epsilon, T WeightDecay, bool DecoupledDecay, T BiasCorrection1, T BiasCorrection2);
