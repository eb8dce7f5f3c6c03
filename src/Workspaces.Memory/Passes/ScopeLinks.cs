namespace Workspaces.Memory.Passes;

/// <summary>How a frame hangs in its flow: what was ambient before it, what is nested in it, and the cached contexts that make re-entry free.</summary>
internal sealed class ScopeLinks
{
    /// <summary>What was ambient when the pass began, in any workspace.</summary>
    internal Frame? Outer;

    /// <summary><see cref="Frame.Serial"/> of <see cref="Outer"/> at that time.</summary>
    internal long OuterSerial;

    /// <summary>What was ambient on the entering thread only, and its serial, for a pass entered on one thread only.</summary>
    internal Frame? OuterOnThread;

    /// <summary><see cref="Frame.Serial"/> of <see cref="OuterOnThread"/> at that time.</summary>
    internal long OuterOnThreadSerial;

    /// <summary>What the entering thread had of the flow, open or not, and its serial as seen there.</summary>
    internal Frame? StampedBefore;

    /// <summary>The serial that was seen of <see cref="StampedBefore"/>.</summary>
    internal long StampedBeforeSerial;

    /// <summary>The frame for passes nested in this one; made once.</summary>
    internal Frame? Child;

    /// <summary>The frames of lanes; made once, used by every <c>Fork</c>.</summary>
    internal Frame[] Lanes = [];

    /// <summary>Lanes of the fork that is open; 0 when none is.</summary>
    internal int OpenLanes;

    /// <summary>Tells the forks of this frame apart.</summary>
    internal long ForkSerial;

    /// <summary>True when the pass is ambient on one thread only, not in the flow.</summary>
    internal bool OnThread;

    /// <summary>The execution context that the last <c>Enter</c> found.</summary>
    internal ExecutionContext? Before;

    /// <summary>The context with this frame installed over <see cref="Before"/>.</summary>
    internal ExecutionContext? Inside;

    /// <summary><see cref="Outer"/>, open or ended, unless its frame has served another pass since.</summary>
    internal Frame? OuterIfSame => Outer is { } outer && outer.LastSerial == OuterSerial ? outer : null;

    /// <summary>True when no op runs on a nested frame or a lane.</summary>
    internal bool IsQuiet()
    {
        if (Child is { } child && !child.IsQuiet()) return false;
        foreach (Frame lane in Lanes)
        {
            if (!lane.IsQuiet()) return false;
        }

        return true;
    }
}
