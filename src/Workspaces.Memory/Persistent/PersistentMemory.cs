using System.Collections.Concurrent;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Budgets;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Persistent;

/// <summary>
/// Memory that outlives passes, in three arenas: parameters one after the other, their gradients at the same offsets of a second arena (so that an
/// optimizer walks both as one slab), and optimizer state together with whatever is made outside every workspace.
/// </summary>
/// <remarks>
/// Nobody registers as a reader here. Bytes released are reused only when every pass that was open at the release has ended: in any workspace of the manager, and in
/// those of other managers that have used its memory.
/// </remarks>
public sealed class PersistentMemory
{
    private const long Reserve = 64L << 30;
    private static long _clock = 1; // one for all managers, because passes of one may read the memory of another
    private readonly object _gradientSync = new();
    private readonly WorkspaceManager _manager;
    private readonly SlabSource _parameters;
    private readonly MirrorSource _gradients;
    private readonly SlabSource _state;
    private readonly OwnMemory _ownState;
    private long _deferredBytes;

    internal PersistentMemory(WorkspaceManager manager)
    {
        _manager = manager;
        Budget = manager.NewBudget("persistent");
        _parameters = new SlabSource(this, manager);
        _gradients = new MirrorSource(this, manager);
        _ownState = new OwnMemory(fallback: null, books: null);
        _state = new SlabSource(this, manager, _ownState);
        Parameters = new Frame(manager, 1, _parameters);
        Gradients = new Frame(manager, 2, _gradients);
        State = new Frame(manager, 3, _state);
    }

    /// <summary>Live bytes of parameters, in whole granules.</summary>
    public long ParameterBytes => _parameters.LiveBytes;

    /// <summary>Live bytes of gradients in the slab (kind <c>Gradient: Standard</c>).</summary>
    public long GradientBytes => _gradients.LiveBytes;

    /// <summary>The part of <see cref="GradientBytes"/> that has been accumulated and not yet applied by an optimizer.</summary>
    public long DeferredGradientBytes => Interlocked.Read(ref _deferredBytes);

    /// <summary>Live bytes of optimizer state and of tensors made outside every workspace.</summary>
    public long StateBytes => _state.LiveBytes;

    /// <summary>The memory kinds of the three arenas.</summary>
    public MemoryReport Memory => _parameters.Report() + _state.Report() + _gradients.Report() with
    {
        Gradient = GradientBytes, GradientDeferred = DeferredGradientBytes,
    };

    /// <summary>What every committed byte is reserved in.</summary>
    internal MemoryBudget Budget { get; }

    internal Frame Parameters { get; }

    internal Frame Gradients { get; }

    internal Frame State { get; }

    /// <summary>Recorded ops outside every workspace whose graph nobody knows any more; they still hold memory.</summary>
    internal ConcurrentQueue<IFrameAttachment> Abandoned { get; } = new();

    /// <summary>Parameters, state, and what was made outside every workspace; gradients go with their parameters.</summary>
    internal long LiveBlocks => _parameters.LiveBlocks + _state.LiveBlocks;

    internal static long Clock => Volatile.Read(ref _clock);

    /// <summary>True while no new block is being cleared.</summary>
    internal bool IsQuiet => Parameters.IsQuiet() && Gradients.IsQuiet() && State.IsQuiet();

    /// <summary>The gradient block of a parameter: same size, same offset, another arena. Zeroed.</summary>
    internal BlockHeader AllocateGradient(HeaderFactory factory, BlockHeader parameter, string? op)
    {
        lock (_gradientSync)
        {
            _gradients.Next = _parameters.OffsetOf(parameter);
            return Gradients.Allocate(factory, new BlockRequest(parameter.Bytes, Zeroed: true, Op: op), ownOps: 0);
        }
    }

    /// <summary>Counts gradient bytes that wait for an optimizer; negative when it has applied them.</summary>
    internal void CountDeferred(long bytes) => Interlocked.Add(ref _deferredBytes, bytes);

    /// <summary>Distance in bytes of a parameter from the start of its arena; the gradient has the same.</summary>
    internal long OffsetOf(BlockHeader parameter) => _parameters.OffsetOf(parameter);

    /// <summary>A new moment; bytes released at it are free once no pass reads at an earlier one.</summary>
    internal static long Tick() => Interlocked.Increment(ref _clock);

    /// <summary>Ends every block: from now on no op begins on one.</summary>
    internal void End()
    {
        Parameters.EndPersistent();
        Gradients.EndPersistent();
        State.EndPersistent();
    }

    /// <summary>A finding when blocks were still alive at the end.</summary>
    internal void ReportLive()
    {
        long live = LiveBlocks;
        if (live == 0) return;
        _manager.QueueFinding(new Finding(
            FindingCodes.PersistentNotDisposed, FindingSeverity.Information, "persistent", Findings.PersistentNotDisposed(live, ParameterBytes + StateBytes)));
    }

    /// <summary>Gives the arenas back to the system, after <see cref="End"/> and when no op reads them any more.</summary>
    internal void Unmap()
    {
        Parameters.UnmapPersistent(_parameters.Unmap);
        Gradients.UnmapPersistent(_gradients.Unmap);
        State.UnmapPersistent(_state.Unmap);
    }

    /// <summary>
    /// Frees released blocks of allocators in scope that have waited for passes which are over by now. Called outside every lock, because it calls them.
    /// </summary>
    internal void FreeRetired() => State.ReclaimOwn();

    /// <summary>Gives pages above the last blocks back to the system.</summary>
    /// <returns>Bytes given back.</returns>
    internal long Trim() => Parameters.TryTrim(_parameters) + State.TryTrim(_state);

    internal Arena NewArena() => new(Reserve, Arena.DefaultMinimumReserveBytes, _manager.Surroundings.Pages, Budget);
}
