using Workspaces.Memory;

namespace Workspaces.Cli.Bench;

/// <summary>Something that is measured step by step.</summary>
internal abstract class BenchCase : IDisposable
{
    /// <summary>Samples that one step works on.</summary>
    internal abstract int SamplesPerStep { get; }

    /// <summary>False where a step has no samples, only operations: then samples a second mean nothing.</summary>
    internal virtual bool HasSamples => true;

    /// <summary>The workspace of the steps, or null when the case has none.</summary>
    internal virtual Workspace? Workspace => null;

    /// <summary>Floating-point operations of a step where they are the figure of interest, else 0.</summary>
    internal virtual double Flops => 0;

    /// <summary>Bytes that a step has to read and write where they are a figure of interest, else 0.</summary>
    internal virtual double Bytes => 0;

    /// <summary>Steps from one reading of the clock to the next; the time of one is their mean. More than 1 where reading the clock would be much of a step.</summary>
    internal virtual int StepsAtOnce => 1;

    /// <summary>Keys of <see cref="BenchSettings"/> that change what a step does.</summary>
    internal virtual string[] KeysRead => BenchSettings.KeysOfPasses;

    /// <summary>One step.</summary>
    internal abstract void Step();

    /// <summary>So many steps.</summary>
    internal virtual void Steps(int count)
    {
        for (int i = 0; i < count; i++) Step();
    }

    /// <summary>Goes back to the state before the first step, where steps change any.</summary>
    internal virtual void Restart()
    {
    }

    /// <summary>The passes of a step on shapes alone.</summary>
    internal abstract void Trace();

    public abstract void Dispose();
}
