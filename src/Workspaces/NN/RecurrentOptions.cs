using Workspaces.NN.Init;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>How a recurrent layer is built; the defaults are those of PyTorch but for <see cref="BatchFirst"/>.</summary>
public sealed record RecurrentOptions
{
    /// <summary>Layers on top of each other, at least 1. Default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Whether a second recurrence runs from the last step to the first, its states beside those of the first. Default false.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>Whether inputs are [batch, step, feature] rather than [step, batch, feature]. Default true, unlike PyTorch.</summary>
    public bool BatchFirst { get; init; } = true;

    /// <summary>Probability of dropping elements between layers while training, 0 to 1. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether products have biases. Default true.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>float32 (the default) or float64.</summary>
    public DType DType { get; init; } = DType.F32;

    /// <summary>Of the draws; null for one that differs from layer to layer and run to run.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Draws all parameters that have no initialiser of their own; null for uniform in ±1/√hidden.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>Draws the weights of the input, and of the state unless <see cref="HiddenInitializer"/> does; null for <see cref="Initializer"/>.</summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>Draws the weights of the state; null for <see cref="WeightInitializer"/>.</summary>
    public Initializer? HiddenInitializer { get; init; }

    /// <summary>Draws the biases; null for <see cref="Initializer"/>.</summary>
    public Initializer? BiasInitializer { get; init; }
}
