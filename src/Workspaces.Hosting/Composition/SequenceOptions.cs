using System.ComponentModel.DataAnnotations;

namespace Workspaces.Hosting.Composition;

/// <summary>Options of an embedding.</summary>
internal sealed record EmbeddingOptions
{
    [Range(1L, 1L << 40)]
    public long Count { get; init; }

    [Range(1L, 1L << 40)]
    public long Width { get; init; }

    [Range(-1L, 1L << 40)]
    public long PaddingIndex { get; init; } = -1;

    public InitializerOptions? Initializer { get; init; }
}

/// <summary>Options of sinusoidal positions.</summary>
internal record PositionOptions
{
    [Range(1L, 1L << 40)]
    public long Length { get; init; }

    [Range(1L, 1L << 40)]
    public long Width { get; init; }
}

/// <summary>Options of learned positions.</summary>
internal sealed record LearnedPositionOptions : PositionOptions
{
    public InitializerOptions? Initializer { get; init; }
}

/// <summary>Options of layer norm.</summary>
internal sealed record LayerNormOptions
{
    [Range(1L, 1L << 40)]
    public long Width { get; init; }

    [Range(1e-30, 1e6)]
    public double Epsilon { get; init; } = 1e-5;

    public bool Affine { get; init; } = true;

    public bool Bias { get; init; } = true;
}

/// <summary>Options of RMS norm.</summary>
internal sealed record RmsNormOptions
{
    [Range(1L, 1L << 40)]
    public long Width { get; init; }

    [Range(1e-30, 1e6)]
    public double Epsilon { get; init; } = 1e-6;

    public bool Affine { get; init; } = true;
}

/// <summary>Options of attention.</summary>
internal sealed record AttentionOptions
{
    [Range(1L, 1L << 40)]
    public long Width { get; init; }

    [Range(1, 1 << 20)]
    public int Heads { get; init; }

    public bool Causal { get; init; } = true;

    public bool Bias { get; init; } = true;

    [Range(0.0, 1.0)]
    public double Dropout { get; init; }
}

/// <summary>Options of a transformer block.</summary>
internal sealed record TransformerOptions
{
    [Range(1L, 1L << 40)]
    public long Width { get; init; }

    [Range(1, 1 << 20)]
    public int Heads { get; init; }

    /// <summary>0 for 4 · width.</summary>
    [Range(0L, 1L << 40)]
    public long Hidden { get; init; }

    public bool Causal { get; init; } = true;

    [Range(0.0, 1.0)]
    public double Dropout { get; init; }
}

/// <summary>Options of recurrent layers.</summary>
internal record RecurrentLayerOptions
{
    [Range(1L, 1L << 40)]
    public long InputSize { get; init; }

    [Range(1L, 1L << 40)]
    public long HiddenSize { get; init; }

    [Range(1, 1 << 10)]
    public int Layers { get; init; } = 1;

    public bool Bidirectional { get; init; }

    public bool Bias { get; init; } = true;

    [Range(0.0, 1.0)]
    public double Dropout { get; init; }

    public InitializerOptions? Initializer { get; init; }

    public InitializerOptions? HiddenInitializer { get; init; }

    public InitializerOptions? BiasInitializer { get; init; }
}

/// <summary>Options of the plain recurrence.</summary>
internal sealed record RnnLayerOptions : RecurrentLayerOptions
{
    public bool Relu { get; init; }
}
