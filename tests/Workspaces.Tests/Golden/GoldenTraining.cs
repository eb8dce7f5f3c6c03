namespace Workspaces.Tests.Golden;

/// <summary>A tiny network trained in PyTorch from the same start by several optimizers.</summary>
public sealed record GoldenTraining(
    string Torch, int[] Layers, GoldenTensor Input, GoldenTensor Target, GoldenParameter[] Parameters, GoldenRun[] Runs);
