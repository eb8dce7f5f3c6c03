using System.Diagnostics;
using Workspaces.Memory;

namespace Workspaces.Diagnostics;

/// <summary>
/// Measures what a loop of passes costs in memory. <see cref="BeginSteady"/> opens the window over which garbage and allocator calls are counted; lower
/// bounds are taken from traces when <see cref="ObserveTrace"/> is called, outside the window.
/// </summary>
public sealed class MemoryMeter
{
    private readonly Workspace _step;
    private readonly Workspace? _data;
    private long _lowerBound;
    private long _managedBefore;
    private long _callsBefore;
    private long _spilledBefore;
    private long _deviationsBefore;
    private int _collectionsBefore;
    private long _stepsBefore = -1;

    /// <summary>Measures a step workspace and, if there is one, the workspace of its batches.</summary>
    /// <param name="step">The workspace whose passes are the steps.</param>
    /// <param name="data">The workspace of the batches, or null.</param>
    public MemoryMeter(Workspace step, Workspace? data = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        _step = step;
        _data = data;
    }

    /// <summary>Takes the lower bound of the last complete pass into account.</summary>
    public void ObserveTrace()
    {
        if (_step.LastTrace is { } trace) _lowerBound = Math.Max(_lowerBound, trace.LowerBoundBytes());
    }

    /// <summary>Opens the steady window.</summary>
    /// <param name="stepsDone">Steps run so far.</param>
    public void BeginSteady(long stepsDone)
    {
        _stepsBefore = stepsDone;
        _spilledBefore = _step.SpilledBytes;
        _deviationsBefore = _step.Deviations;
        _callsBefore = SystemCalls;
        _collectionsBefore = Collections;
        _managedBefore = GC.GetTotalAllocatedBytes(precise: true);
    }

    /// <summary>Closes the window and gives the figures.</summary>
    /// <param name="stepsDone">Steps run in all.</param>
    /// <param name="interrupted">True when a signal or a cancellation has cut the window off: what serves it makes garbage too, so the managed heap's figures are left out.</param>
    /// <returns>The figures.</returns>
    public MemoryFigures End(long stepsDone, bool interrupted = false)
    {
        long managed = GC.GetTotalAllocatedBytes(precise: true) - _managedBefore;
        long steps = _stepsBefore < 0 ? 0 : stepsDone - _stepsBefore;
        WorkspaceManager manager = _step.Manager;
        long scratch = manager.Scratch.PeakBytes, planned = _step.PlannedPeakBytes, learning = _step.LearningPeakBytes;
        long own = _step.Configuration.WorkspaceMode == WorkspaceMode.None ? _step.PeakOwnBytes : 0; // then no arena has a byte
        return new MemoryFigures
        {
            ManagedBytesPerStep = steps > 0 && !interrupted ? (double)managed / steps : null,
            GcCollections = steps > 0 && !interrupted ? Collections - _collectionsBefore : null,
            AllocatorCallsPerStep = steps > 0 ? (double)(SystemCalls - _callsBefore) / steps : null,
            SteadySteps = steps,
            ArenaPeakBytes = scratch + own + (planned > 0 ? planned : _step.PeakBytes),
            LearningPeakBytes = scratch + own + learning,
            LowerBoundBytes = _lowerBound,
            PersistentBytes = manager.Persistent.ParameterBytes + manager.Persistent.GradientBytes + manager.Persistent.StateBytes,
            DataBytes = _data?.PeakBytes ?? 0,
            SpilledBytes = own + _step.SpilledBytes - _spilledBefore,
            Deviations = _step.Deviations - _deviationsBefore,
            PassState = _step.State.ToString(),
            PeakRssBytes = PeakResidentBytes(),
        };
    }

    /// <summary>Peak of the resident memory of this process since its start.</summary>
    /// <returns>Bytes.</returns>
    public static long PeakResidentBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private long SystemCalls => _step.SystemCalls + (_data?.SystemCalls ?? 0) + _step.Manager.Scratch.SystemCalls;

    private static int Collections => GC.CollectionCount(0);
}
