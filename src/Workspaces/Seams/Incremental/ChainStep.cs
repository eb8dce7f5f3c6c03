using Workspaces.Tensors;

namespace Workspaces.Seams.Incremental;

/// <summary>Layers one after the other; what is between them is released as soon as it was read.</summary>
internal sealed class ChainStep(SequenceStep[] steps) : SequenceStep
{
    internal override bool IsLimited
    {
        get
        {
            foreach (SequenceStep step in steps)
            {
                if (step.IsLimited) return true;
            }

            return false;
        }
    }

    internal override long KeptBytes
    {
        get
        {
            long bytes = 0;
            foreach (SequenceStep step in steps) bytes += step.KeptBytes;
            return bytes;
        }
    }

    internal override Tensor Run(Tensor input, int position)
    {
        Tensor current = input;
        foreach (SequenceStep step in steps)
        {
            Tensor next = step.Run(current, position);
            if (next == current) continue;
            if (current != input) current.Dispose();
            current = next;
        }

        return current;
    }

    internal override void Reset()
    {
        foreach (SequenceStep step in steps) step.Reset();
    }

    public override void Dispose()
    {
        foreach (SequenceStep step in steps) step.Dispose();
    }
}
