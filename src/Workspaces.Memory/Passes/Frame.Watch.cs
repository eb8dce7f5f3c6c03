using System.Runtime.CompilerServices;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>What the detectors look at: now and then, when a pass inside this one has ended, and where a request goes unrecorded.</summary>
internal sealed partial class Frame
{
    private const long LargeInitialSize = 64L << 20;
    private const int UnusedFactor = 16;
    private PassWatch _watch;
    private long _endlessPass;

    /// <summary>A pass inside this one has ended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NoteInner(Frame inner)
    {
        if (_watch.Count()) LookForGrowth(inner);
    }

    /// <summary>A persistent block is born, or a pass is so long that its requests are not recorded any more.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteUnrecorded(BlockHeader header)
    {
        if (_persistent)
        {
            LeakScope.Current?.Add(header);
            return;
        }

        if (_endlessPass == _serial || _trace.Dropped == 0) return;
        _endlessPass = _serial;
        Manager.QueueFinding(LeakFindings.NeverEnds(this));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LookForGrowth(Frame inner)
    {
        if (ShapesOnly || Workspace is not { } workspace) return;
        if (_watch.Bytes.Look(_source?.LiveBytes ?? 0)) Manager.QueueFinding(LeakFindings.OuterGrows(this, _watch.Passes, _watch.Bytes.Grown));
        if (_watch.Foreign.Look(inner.ForeignRequests, PassWatch.Period)) Manager.QueueFinding(LeakFindings.ForeignThreads(inner, inner.ForeignRequests));
        if (workspace.Configuration.UseCycleDetector) LookAtChain();
        if (Up is not null) return;
        long persistent = Manager.Persistent.ParameterBytes + Manager.Persistent.StateBytes;
        if (_watch.Persistent.Look(persistent) && Manager.IsNews(FindingCodes.GrowsPassOverPass))
            Manager.QueueFinding(LeakFindings.PersistentGrows(this, _watch.Passes, _watch.Persistent.Grown));
        LookAtSizes(workspace);
    }

    /// <summary>Ops on tensors of this pass that were recorded in passes inside it: as many more after each means that nothing ever lets go of them.</summary>
    private void LookAtChain()
    {
        if (Attachment is not { } tape || !_watch.Chain.Look(tape.Recorded)) return;
        Manager.QueueFinding(CycleFindings.ChainGrows(Name, $"pass {PassNumber} of workspace '{Name}', which the passes inside it write to", tape.Recorded, tape.DescribeChain()));
    }

    private void LookAtSizes(Workspace workspace)
    {
        WorkspaceConfiguration configuration = workspace.Configuration;
        WorkspaceMemory memory = workspace.Arenas;
        if (memory.IsFixed && _watch.Overflows.Look(memory.Deviations, PassWatch.Period))
            Manager.QueueFinding(LeakFindings.FixedSizeTooSmall(this, configuration, memory.Deviations));
        if (_watch.Passes != GrowthWatch.Looks * PassWatch.Period || configuration.InitialSize < LargeInitialSize || memory.IsFixed) return;
        if (memory.PeakBytes < configuration.InitialSize / UnusedFactor && Manager.IsNews($"{FindingCodes.ConfigurationDoesNotFit} {Name}"))
            Manager.QueueFinding(LeakFindings.InitialSizeUnused(Name, configuration.InitialSize, memory.PeakBytes, workspace.PassCount));
    }
}
