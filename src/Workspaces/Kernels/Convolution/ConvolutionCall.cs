namespace Workspaces.Kernels.Convolution;

/// <summary>One pass over pinned arrays. Which of them is written depends on the pass.</summary>
internal unsafe struct ConvolutionCall<T>
    where T : unmanaged
{
    /// <summary>Sizes.</summary>
    public ConvolutionShape Shape;

    /// <summary>What is computed.</summary>
    public ConvolutionPass Pass;

    /// <summary>[Batch, Channels, Height, Width].</summary>
    public T* Input;

    /// <summary>[Filters, Channels / Groups, Window.Height, Window.Width].</summary>
    public T* Weight;

    /// <summary>One number a channel of what is written, or null.</summary>
    public T* Bias;

    /// <summary>[Batch, Filters, OutHeight, OutWidth].</summary>
    public T* Output;

    /// <summary>True to add to what is written, false to overwrite it.</summary>
    public bool Accumulate;

    /// <summary>Scratch: for each part columns and panels, then partial weight gradients.</summary>
    public T* Scratch;

    /// <summary>Elements of scratch of a part.</summary>
    public long ScratchPart;

    /// <summary>Parts that may run at the same time.</summary>
    public int Parts;
}
