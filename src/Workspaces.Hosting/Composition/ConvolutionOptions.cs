using System.ComponentModel.DataAnnotations;
using Workspaces.Ops;

namespace Workspaces.Hosting.Composition;

/// <summary>Options of a convolution layer; windows are as high as they are wide.</summary>
internal record ConvolutionOptions
{
    [Range(1L, 1L << 40)]
    public long InChannels { get; init; }

    [Range(1L, 1L << 40)]
    public long OutChannels { get; init; }

    [Range(1, int.MaxValue)]
    public int KernelSize { get; init; }

    [Range(1, int.MaxValue)]
    public int Stride { get; init; } = 1;

    [Range(0, int.MaxValue)]
    public int Padding { get; init; }

    [Range(1, int.MaxValue)]
    public int Dilation { get; init; } = 1;

    [Range(1, int.MaxValue)]
    public int Groups { get; init; } = 1;

    public bool Bias { get; init; } = true;

    public InitializerOptions? Initializer { get; init; }

    public InitializerOptions? BiasInitializer { get; init; }
}

/// <summary>Options of a transposed convolution layer.</summary>
internal sealed record TransposedConvolutionOptions : ConvolutionOptions
{
    [Range(0, int.MaxValue)]
    public int OutputPadding { get; init; }
}

/// <summary>What pooling layers share; the stride is the size of the window when it is not written.</summary>
internal abstract record PoolOptions
{
    [Range(1, int.MaxValue)]
    public int KernelSize { get; init; }

    [Range(1, int.MaxValue)]
    public int? Stride { get; init; }

    [Range(0, int.MaxValue)]
    public int Padding { get; init; }
}

/// <summary>Options of max pooling.</summary>
internal sealed record MaxPoolOptions : PoolOptions
{
    [Range(1, int.MaxValue)]
    public int Dilation { get; init; } = 1;
}

/// <summary>Options of average pooling.</summary>
internal sealed record AveragePoolOptions : PoolOptions
{
    public bool CountIncludePad { get; init; } = true;
}

/// <summary>Options of adaptive pooling.</summary>
internal sealed record AdaptivePoolOptions
{
    [Range(1, int.MaxValue)]
    public int OutputSize { get; init; }
}

/// <summary>Options of batch norm.</summary>
internal sealed record BatchNormOptions
{
    [Range(1L, 1L << 40)]
    public long NumFeatures { get; init; }

    [Range(0.0, 1e6)]
    public double Epsilon { get; init; } = 1e-5;

    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.1;

    public bool Affine { get; init; } = true;

    public bool TrackRunningStats { get; init; } = true;
}

/// <summary>Options of group norm.</summary>
internal sealed record GroupNormOptions
{
    [Range(1, int.MaxValue)]
    public int NumGroups { get; init; }

    [Range(1L, 1L << 40)]
    public long NumChannels { get; init; }

    [Range(0.0, 1e6)]
    public double Epsilon { get; init; } = 1e-5;

    public bool Affine { get; init; } = true;
}

/// <summary>Options of instance norm.</summary>
internal sealed record InstanceNormOptions
{
    [Range(1L, 1L << 40)]
    public long NumFeatures { get; init; }

    [Range(0.0, 1e6)]
    public double Epsilon { get; init; } = 1e-5;

    public bool Affine { get; init; }
}

/// <summary>Options of upsampling: a size or a factor.</summary>
internal sealed record UpsampleOptions
{
    [Range(1, int.MaxValue)]
    public int? Size { get; init; }

    [Range(1e-6, 1e6)]
    public double? ScaleFactor { get; init; }

    public UpsampleMode Mode { get; init; }

    public bool AlignCorners { get; init; }
}
