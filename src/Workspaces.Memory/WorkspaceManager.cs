using Workspaces.Memory.Allocators;
using Workspaces.Memory.Budgets;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Persistent;
using Workspaces.Memory.Pressure;
using Workspaces.Memory.Scratch;
using Workspaces.Memory.Spill;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory;

/// <summary>
/// Owns workspaces by name, the persistent memory (parameters, gradients, optimizer state) and kernel scratch. Most programs use the process-wide
/// one through <see cref="Create"/>; tests and hosts make their own.
/// </summary>
public sealed partial class WorkspaceManager : IDisposable
{
    private static readonly Lazy<WorkspaceManager> Shared = new(static () => new WorkspaceManager(null, null, null, shapesOnly: false, ManagerSurroundings.System));
    private static long _serials;

    private readonly object _sync = new();
    private readonly Dictionary<string, NamedWorkspace> _named = new(StringComparer.OrdinalIgnoreCase);
    private readonly OpenLeases _open = new();
    private readonly FindingLog _findings = new();
    private List<Workspace> _ending = [];
    private IDisposable? _attachment;
    private bool _disposed;

    /// <summary>Makes a manager.</summary>
    /// <param name="configuration">What holds for all its workspaces; null for the defaults.</param>
    /// <param name="allocator">Serves blocks that own their memory (<c>WorkspaceMode: None</c>); null for the native heap. Not disposed here.</param>
    /// <param name="scratch">Sizes of kernel scratch; null for the defaults.</param>
    /// <exception cref="ConfigurationException">A configuration cannot run.</exception>
    public WorkspaceManager(WorkspaceManagerConfiguration? configuration = null, IAllocator? allocator = null, WorkspaceConfiguration? scratch = null)
        : this(configuration, allocator, scratch, shapesOnly: false, ManagerSurroundings.System)
    {
        LeakScope.Current?.Add(this);
    }

    internal WorkspaceManager(
        WorkspaceManagerConfiguration? configuration, IAllocator? allocator, WorkspaceConfiguration? scratch, bool shapesOnly, ManagerSurroundings surroundings)
    {
        ShapesOnly = shapesOnly;
        Surroundings = surroundings;
        scratch?.ThrowIfInvalid();
        Configuration = configuration ?? new WorkspaceManagerConfiguration();
        Configuration.ThrowIfInvalid();
        Allocator = allocator ?? new NativeAllocator();
        _total = new MemoryBudget("all workspaces", Configuration.MemoryLimit);
        foreach ((string name, long bytes) in Configuration.Quotas) _quotas.Add(name, _total.NewChild(name, bytes));
        Persistent = new PersistentMemory(this);
        Scratch = new ScratchPool(scratch, this);
        _trimmer = new IdleTrimmer(this);
        if (IsWatched) WorkspaceRegister.Add(this);
    }

    /// <summary>The process-wide manager that <see cref="Create"/> uses; made at its first use.</summary>
    public static WorkspaceManager Default => Shared.Value;

    /// <summary>
    /// Makes a manager that computes nothing and commits no memory: tensors, parameters and optimizers have shapes, places and lifetimes only. What
    /// <see cref="Persistent"/> and the traces of passes count is then a prediction of the same program with an ordinary manager.
    /// </summary>
    /// <param name="configuration">What holds for all its workspaces; null for the defaults.</param>
    /// <param name="scratch">Sizes of kernel scratch; null for the defaults.</param>
    /// <returns>The manager. Reading values of its tensors throws <see cref="ShapesOnlyException"/>.</returns>
    /// <exception cref="ConfigurationException">A configuration cannot run.</exception>
    public static WorkspaceManager ForShapes(WorkspaceManagerConfiguration? configuration = null, WorkspaceConfiguration? scratch = null) =>
        new(configuration, allocator: null, scratch, shapesOnly: true, ManagerSurroundings.System);

    /// <summary>True for a manager made by <see cref="ForShapes"/>.</summary>
    public bool ShapesOnly { get; }

    /// <summary>What holds for all workspaces of this manager.</summary>
    public WorkspaceManagerConfiguration Configuration { get; }

    /// <summary>Serves blocks that own their memory.</summary>
    public IAllocator Allocator { get; }

    /// <summary>The system's calls for mapped files; others in tests.</summary>
    internal MappedFiles Files { get; init; } = MappedFiles.Current;

    /// <summary>Memory that outlives passes: parameters, gradients, optimizer state, and what is made outside every workspace.</summary>
    public PersistentMemory Persistent { get; }

    /// <summary>Scratch memory of kernels.</summary>
    public ScratchPool Scratch { get; }

    /// <summary>The last findings, oldest first; at most 256 are kept.</summary>
    public IReadOnlyList<Finding> Findings => _findings.Recent;

    /// <summary>The memory kinds of everything that this manager owns, idle workspaces included.</summary>
    public MemoryReport Memory
    {
        get
        {
            MemoryReport sum = Persistent.Memory + Scratch.Memory;
            lock (_sync)
            {
                foreach (Workspace workspace in _open) sum += workspace.OwnMemory;
                foreach (Workspace workspace in _ending) sum += workspace.OwnMemory;
                if (_shared is { } shared) sum += shared.Memory.Report();
                foreach (NamedWorkspace named in _named.Values) sum += named.IdleMemory;
            }

            return sum;
        }
    }

    /// <summary>
    /// Leases a workspace of the process-wide manager and makes it ambient with an implicit outer pass; see <see cref="Lease"/>.
    /// </summary>
    /// <param name="configuration">The configuration; its name makes the workspace a named one.</param>
    /// <returns>The workspace; dispose it in the same flow.</returns>
    /// <exception cref="ConfigurationException">The configuration cannot run.</exception>
    /// <exception cref="WorkspaceException">Another configuration lives under that name, or too many workspaces are open.</exception>
    public static Workspace Create(WorkspaceConfiguration configuration) => Default.Lease(configuration);

    /// <summary>
    /// Leases a workspace and makes it ambient with an implicit outer pass. A named one is the same object again, with its memory, when its last lease has
    /// ended; a second lease while one is open gets its own arena and shares what was learned. An unnamed one is new every time.
    /// </summary>
    /// <param name="configuration">The configuration; its name makes the workspace a named one.</param>
    /// <returns>The workspace; dispose it in the same flow.</returns>
    /// <exception cref="ConfigurationException">The configuration cannot run.</exception>
    /// <exception cref="WorkspaceException">Another configuration lives under that name, or too many workspaces are open.</exception>
    /// <exception cref="ObjectDisposedException">The manager was disposed.</exception>
    public Workspace Lease(WorkspaceConfiguration configuration) => Begin(configuration, LeaseKind.Ambient);

    /// <summary>
    /// Leases a workspace that is ambient nowhere: its owner allocates in frames (<see cref="Workspace.NewDetachedFrame"/>) or a ring. It counts
    /// as no reader of persistent memory, because no op finds its way into it by itself.
    /// </summary>
    internal Workspace LeaseDetached(WorkspaceConfiguration configuration) => Begin(configuration, LeaseKind.Detached);

    /// <summary>Leases a workspace that is ambient nowhere by itself, and in which any flow may enter a pass.</summary>
    internal Workspace LeasePooled(WorkspaceConfiguration configuration) => Begin(configuration, LeaseKind.Pooled);

    /// <summary>Frees the memory of a name, and forgets what was learned, once its open leases have ended.</summary>
    /// <param name="name">The workspace's name.</param>
    /// <returns>False when nothing lives under that name.</returns>
    public bool Destroy(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        NamedWorkspace? named;
        lock (_sync)
        {
            if (!_named.Remove(name, out named)) return false;
            named.Retire(_ending);
        }

        DestroyEnding();
        return true;
    }

    /// <summary>
    /// Gives pages that are not in use back to the system: of workspaces that nobody has leased and of arenas that no pass has, down to each <c>MinSize</c>;
    /// of scratch; and what lies above the last persistent block. The manager does it by itself when memory is nearly full.
    /// </summary>
    /// <returns>Bytes given back.</returns>
    public long Trim()
    {
        DestroyEnding();
        Persistent.FreeRetired();
        long freed = TrimIdle();
        FreeDead();
        return freed;
    }

    /// <summary>The same without workspaces that are still to be destroyed, so that no allocator is called.</summary>
    internal long TrimIdle()
    {
        lock (_sync)
        {
            long freed = Scratch.Trim() + Persistent.Trim();
            foreach (Workspace workspace in _open) freed += workspace.Trim();
            foreach (NamedWorkspace named in _named.Values) freed += named.Trim();
            return freed;
        }
    }

    /// <summary>Adds a receiver of findings, such as a logger.</summary>
    /// <param name="observer">The receiver.</param>
    public void AddObserver(IWorkspaceObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        NoteObservers(_findings.Add(observer));
        DeliverFindings();
    }

    /// <summary>Removes a receiver of findings.</summary>
    /// <param name="observer">The receiver.</param>
    public void RemoveObserver(IWorkspaceObserver observer) => _findings.Remove(observer);

    /// <summary>
    /// Ends every lease and frees all memory. Leases and persistent tensors still alive are reported. Ops that run on other threads, be it in passes of other
    /// managers, are waited for, and what they do next throws. A second call does nothing.
    /// </summary>
    /// <remarks>An op that is still running after ten seconds keeps the memory that it works on, for good. Ops outside every workspace are not waited for.</remarks>
    public void Dispose()
    {
        List<Workspace> open;
        _trimmer.Dispose();
        lock (_sync)
        {
            if (_disposed) return;
            _disposed = true;
            if (IsWatched) WorkspaceRegister.Remove(this);
            open = _open.ToList();
            foreach (NamedWorkspace named in _named.Values) named.Retire(_ending);
            _named.Clear();
        }

        Persistent.End(); // before the leases: an op that finds its pass ended is counted nowhere, and must find its operands stale
        var failures = default(Failures);
        foreach (Workspace workspace in open)
        {
            QueueFinding(new Finding(FindingCodes.LeaseNotDisposed, FindingSeverity.Warning, workspace.DisplayName, Tracking.Findings.LeaseNotDisposed(workspace)));
            failures.Try(() => workspace.EndLease(reportOpen: false));
        }

        Persistent.ReportLive();
        if (WaitForReaders(open)) Persistent.Unmap();
        Scratch.Close();
        _attachment?.Dispose();
        failures.Try(DestroyEnding);
        DeliverFindings();
        failures.Try(Persistent.FreeRetired);
        failures.ThrowIfAny();
    }

    /// <summary>Takes a run of numbers for passes, unique in the process; returns the one before the first.</summary>
    internal static long TakeSerials(int count) => Interlocked.Add(ref _serials, count) - count;

    /// <summary>Takes a workspace back whose lease has ended.</summary>
    internal void Return(Workspace workspace)
    {
        bool kept = false;
        lock (_sync)
        {
            NoteClosed(workspace);
            if (!workspace.IsQuiet) _busy.Add(workspace);
            if (!_disposed && workspace.Name is { } name && _named.TryGetValue(name, out NamedWorkspace? named)) kept = named.TryKeep(workspace, _trimmer.Round);
            if (!kept) _ending.Add(workspace);
        }

        if (kept) _trimmer.Start();
        DestroyEnding();
        Persistent.FreeRetired();
        DeliverFindings();
    }

    /// <summary>What the layer above keeps for this manager (its kernel threads); disposed with it.</summary>
    internal IDisposable? Attachment => Volatile.Read(ref _attachment);

    /// <summary>Keeps an object unless one is kept already, which then is returned; the other is disposed.</summary>
    internal IDisposable AttachOnce(IDisposable attachment)
    {
        IDisposable? known = Interlocked.CompareExchange(ref _attachment, attachment, null);
        if (known is not null) attachment.Dispose();
        return known ?? attachment;
    }

    internal void ReplaceAttachment(IDisposable attachment) => Interlocked.Exchange(ref _attachment, attachment)?.Dispose();

    internal void QueueFinding(Finding finding) => _findings.Queue(finding);

    internal void DeliverFindings()
    {
        _findings.Deliver();
        _notes.Deliver(_findings, IsWatched);
    }

    private Workspace Begin(WorkspaceConfiguration configuration, LeaseKind kind)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        string site = SiteOfLease();
        Workspace workspace;
        lock (_sync)
        {
            if (_disposed)
            {
                Throw.UsedAfterDispose(
                    nameof(WorkspaceManager), $"lease workspace '{configuration.Name ?? "(unnamed)"}'", "lease before the manager is disposed, or make another manager");
            }

            ThrowIfCrowded(configuration);
            workspace = configuration.Name is { } name ? TakeNamed(name, configuration) : New(configuration, new LearnedWorkspace(Effective(configuration)));
            workspace.MadeAt = site;
            _open.Add(workspace);
            NoteOpened(workspace, kind);
        }

        try
        {
            workspace.BeginLease(kind);
            LeakScope.Current?.Add(workspace);
        }
        catch
        {
            workspace.EndLease(reportOpen: false);
            throw;
        }

        DeliverFindings();
        return workspace;
    }

    private Workspace TakeNamed(string name, WorkspaceConfiguration configuration)
    {
        if (!_named.TryGetValue(name, out NamedWorkspace? named))
        {
            configuration.ThrowIfInvalid();
            named = new NamedWorkspace(configuration, Effective(configuration));
            Workspace first = New(configuration, named.Learned);
            _named.Add(name, named);
            ReportNoDevice(configuration);
            return first;
        }
        else if (!named.Configuration.Equals(configuration))
        {
            throw new WorkspaceException(
                "create a workspace with another configuration", $"workspace '{name}'",
                string.Join("; ", configuration.DifferencesFrom(named.Configuration)),
                $"use the same configuration, another name, or WorkspaceManager.Destroy(\"{name}\") first");
        }

        return named.TakeIdle() ?? New(configuration, named.Learned);
    }

    private Workspace New(WorkspaceConfiguration configuration, LearnedWorkspace learned)
    {
        if (configuration.Name is null)
        {
            configuration.ThrowIfInvalid();
            ReportNoDevice(configuration);
        }

        return new Workspace(this, Effective(configuration), learned);
    }

    private void ReportNoDevice(WorkspaceConfiguration configuration)
    {
        if (configuration.PolicyMirroring == MirroringPolicy.Enabled)
            QueueFinding(new Finding(FindingCodes.NoDevice, FindingSeverity.Information, configuration.Name ?? "(unnamed)", Tracking.Findings.NoDevice(configuration)));
    }

    private void DestroyEnding()
    {
        List<Workspace> ending;
        lock (_sync)
        {
            if (_ending.Count == 0) return;
            ending = _ending;
            _ending = [];
        }

        var failures = default(Failures);
        foreach (Workspace workspace in ending)
        {
            try
            {
                if (workspace.TryDestroy()) continue;
            }
            catch (Exception failure)
            {
                failures.Add(failure); // of an allocator that was to take a block back
            }

            lock (_sync) _ending.Add(workspace);
        }

        failures.ThrowIfAny();
    }
}
