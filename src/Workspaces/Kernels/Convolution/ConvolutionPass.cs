namespace Workspaces.Kernels.Convolution;

/// <summary>The three products of a convolution.</summary>
internal enum ConvolutionPass
{
    /// <summary>Output from input and weight.</summary>
    Forward,

    /// <summary>Gradient of the input from that of the output and the weight; the forward half of a transposed convolution.</summary>
    BackwardInput,

    /// <summary>Gradient of the weight from the input and the gradient of the output.</summary>
    BackwardWeight,
}
