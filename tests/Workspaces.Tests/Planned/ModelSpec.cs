namespace Workspaces.Tests.Planned;

/// <summary>A chain of modules and how it is run.</summary>
/// <param name="Batch">Samples in a step.</param>
/// <param name="Layers">Widths of linear layers; -1 ReLU, -2 Tanh, -3 Sigmoid, -4 Dropout, -5 LogSoftmax, -6 Flatten. The last one is a width.</param>
/// <param name="Optimizer">sgd, adam, or none for inference without gradients.</param>
internal sealed record ModelSpec(int Batch, int[] Layers, string Optimizer)
{
    public const int Features = 40;

    public override string ToString() => $"{Batch} x [{string.Join(", ", Layers)}] {Optimizer}";
}
