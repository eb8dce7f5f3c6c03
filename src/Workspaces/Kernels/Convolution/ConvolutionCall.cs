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

    /// <summary>What a forward pass writes is at least this: 0 for a rectified result, else -∞.</summary>
    public T Floor;

    /// <summary>True to add to what is written, false to overwrite it.</summary>
    public bool Accumulate;

    /// <summary>Scratch: what all parts share, then that of each that runs at the same time.</summary>
    public T* Scratch;

    /// <summary>The path, and how much scratch it takes.</summary>
    public ConvolutionNeeds Needs;

    /// <summary>Parts that may run at the same time.</summary>
    public int Slots;

    /// <summary>Parts of the work.</summary>
    public readonly int Items => Needs.Items;

    /// <summary>The scratch of a part that runs.</summary>
    public readonly T* SlotScratch(int slot) => Scratch + Needs.Shared + (slot * Needs.Part);

    /// <summary>The planes that a forward pass or an input gradient reads for a group of a sample.</summary>
    public readonly T* Read(in DirectShape s, long group) =>
        (Pass == ConvolutionPass.Forward ? Input : Output) + (group * s.Sources * s.Height * s.Width);

    /// <summary>The planes that a forward pass or an input gradient writes for a group of a sample.</summary>
    public readonly T* Written(in DirectShape s, long group) =>
        (Pass == ConvolutionPass.Forward ? Output : Input) + (group * s.Targets * s.OutHeight * s.OutWidth);
}
