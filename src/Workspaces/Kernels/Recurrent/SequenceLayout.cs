namespace Workspaces.Kernels.Recurrent;

/// <summary>Elements from step to step and from sample to sample of a contiguous sequence, whichever of the two axes comes first.</summary>
internal readonly record struct SequenceLayout(int Step, int Sample)
{
    /// <summary>The layout of [samples, steps, width] or [steps, samples, width].</summary>
    public static SequenceLayout Of(bool batchFirst, int steps, int samples, int width) =>
        batchFirst ? new SequenceLayout(width, checked(steps * width)) : new SequenceLayout(checked(samples * width), width);

    /// <summary>The first element of a step of a sample.</summary>
    public int At(int step, int sample) => (step * Step) + (sample * Sample);
}
