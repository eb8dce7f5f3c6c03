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

    /// <summary>Scratch: what all parts share, then that of each part.</summary>
    public T* Scratch;

    /// <summary>The path, and how much scratch it takes.</summary>
    public ConvolutionNeeds Needs;

    /// <summary>Parts that may run at the same time.</summary>
    public int Parts;

    /// <summary>Pieces of work, which are split evenly among the parts.</summary>
    public readonly int Items => Needs.Items;

    /// <summary>The pieces of a part: the first, and the one after the last.</summary>
    public readonly (int First, int End) Range(int part) => ((int)((long)Items * part / Parts), (int)((long)Items * (part + 1) / Parts));

    /// <summary>The scratch of a part.</summary>
    public readonly T* PartScratch(int part) => Scratch + Needs.Shared + (part * Needs.Part);
}
