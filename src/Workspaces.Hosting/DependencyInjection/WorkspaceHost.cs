using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Logging;
using Workspaces.Hosting.Top;
using Workspaces.Memory;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Hosting.DependencyInjection;

/// <summary>
/// The workspaces of a program: one manager, the configured names, a pool for each name that is asked for, health, logs, and the socket of <c>workspaces top</c>. A
/// container makes it by <c>services.AddWorkspaces(configuration)</c>; without one, <see cref="Create"/> does.
/// </summary>
public sealed class WorkspaceHost : IDisposable
{
    /// <summary>Part of the budget in use from which on a program is not healthy any more.</summary>
    private const double NearlyAll = 0.95;

    private readonly object _sync = new();
    private readonly Dictionary<string, WorkspacePool> _pools = new(StringComparer.OrdinalIgnoreCase);
    private readonly WorkspaceHostOptions _options;
    private readonly TopServer? _top;
    private long _spillsSeen;
    private bool _disposed;

    /// <summary>Makes the manager; workspaces and pools are made when they are asked for.</summary>
    /// <param name="options">What it is made of; not to be changed any more.</param>
    /// <param name="logs">Receives findings, plans and spills; null for nobody.</param>
    /// <exception cref="ConfigurationException">Everything that is wrong with the options.</exception>
    public WorkspaceHost(WorkspaceHostOptions options, ILoggerFactory? logs = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<ConfigurationProblem> problems = options.Validate();
        if (problems.Count > 0) throw new ConfigurationException(problems);
        _options = options;
        logs ??= NullLoggerFactory.Instance;
        Manager = new WorkspaceManager(options.Manager, scratch: options.Workspaces.TryGetValue("scratch", out WorkspaceConfiguration? scratch) ? scratch : null);
        Manager.AddObserver(new WorkspaceLogObserver(logs.CreateLogger(MemoryLog.Category)));
        _spillsSeen = Spilled(WorkspaceTelemetry.Snapshot());
        ILogger log = logs.CreateLogger(HostLog.Category);
        log.HostStarted(options.Workspaces.Count, options.Manager.MemoryLimit);
        _top = TopServer.TryStart(options.Top, log);
    }

    /// <summary>Owns all memory.</summary>
    public WorkspaceManager Manager { get; }

    /// <summary>The socket of <c>workspaces top</c>, or null when it is off.</summary>
    public string? TopSocket => _top?.Path;

    /// <summary>Makes a host from the sections of a configuration, without a container.</summary>
    /// <param name="configuration">The configuration of the program.</param>
    /// <param name="logs">Receives findings, plans and spills; null for nobody.</param>
    /// <returns>The host; dispose it at the end.</returns>
    /// <exception cref="ConfigurationException">Everything that is wrong in the sections, with paths.</exception>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    public static WorkspaceHost Create(IConfiguration configuration, ILoggerFactory? logs = null) => new(WorkspaceHostOptions.Read(configuration), logs);

    /// <summary>The configuration of a workspace.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="WorkspaceException">No workspace of that name is configured.</exception>
    public WorkspaceConfiguration GetConfiguration(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _options.Workspaces.TryGetValue(name, out WorkspaceConfiguration? workspace)
            ? workspace
            : throw new WorkspaceException(
                $"find workspace '{name}'", nameof(WorkspaceHost), $"the configured ones are {_options.Known}", $"add a section Workspaces:{name}, or ask for one of these");
    }

    /// <summary>Leases a workspace and makes it ambient in the calling flow; see <see cref="WorkspaceManager.Lease"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The workspace; dispose it in the same flow.</returns>
    /// <exception cref="WorkspaceException">No workspace of that name is configured, or too many are open.</exception>
    public Workspace Lease(string name) => Manager.Lease(GetConfiguration(name));

    /// <summary>The pool of a name, the same for all callers; its capacity is that of <c>WorkspacePools:NAME</c>, else the number of processors.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The pool, which the host disposes.</returns>
    /// <exception cref="WorkspaceException">No workspace of that name is configured.</exception>
    /// <exception cref="ObjectDisposedException">The host was disposed.</exception>
    public WorkspacePool GetPool(string name)
    {
        WorkspaceConfiguration configuration = GetConfiguration(name);
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_pools.TryGetValue(name, out WorkspacePool? known)) return known;
            int most = Manager.Configuration.MaxWorkspaces;
            int capacity = _options.Pools.TryGetValue(name, out int written) ? written : Math.Min(Environment.ProcessorCount, most > 0 ? most : int.MaxValue);
            var pool = new WorkspacePool(Manager, configuration, capacity);
            _pools.Add(name, pool);
            return pool;
        }
    }

    /// <summary>Looks for what an operator should know: spilling since the last look, a budget that is nearly used up, leaks.</summary>
    /// <returns>What was found, with figures.</returns>
    public WorkspaceHealth CheckHealth()
    {
        var problems = new List<string>();
        TelemetrySnapshot seen = WorkspaceTelemetry.Snapshot();
        long spilled = Spilled(seen), before = Interlocked.Exchange(ref _spillsSeen, spilled);
        if (spilled > before)
        {
            string who = string.Join(", ", seen.Workspaces.Where(static row => row.SpilledBytes > 0).Select(static row => $"'{row.Name}'"));
            problems.Add($"{spilled - before} bytes were spilled since the last check, by {who}: raise MaxSize, or use smaller batches");
        }

        var budget = Manager.Budget;
        if (budget.LimitBytes > 0 && budget.UsedBytes >= NearlyAll * budget.LimitBytes)
            problems.Add($"{budget.UsedBytes} of {budget.LimitBytes} bytes are in use: raise Workspaces:Manager:MemoryLimit, or lower the MaxSize of '{budget.Holders[0].Name}'");
        LeakCounts leaks = Manager.Leaks;
        if (leaks.LeakedWorkspaces > 0) problems.Add($"{leaks.LeakedWorkspaces} workspaces are open and lost: dispose every lease");
        Finding[] warnings = [.. Manager.Findings.Where(static finding => finding.Severity == FindingSeverity.Warning && FindingCodes.IsLeak(finding.Code))];
        if (warnings.Length > 0) problems.Add($"{warnings.Length} leaks were found, the last: {warnings[^1].Code} {warnings[^1].Text}");
        return new WorkspaceHealth(problems)
        {
            CommittedBytes = Manager.Memory.Committed,
            BudgetUsedBytes = budget.UsedBytes,
            BudgetLimitBytes = budget.LimitBytes,
            SpilledBytes = spilled,
            Leases = leaks.LiveWorkspaces,
            Leaks = warnings.Length + leaks.LeakedWorkspaces,
        };
    }

    private static long Spilled(TelemetrySnapshot seen) => seen.Workspaces.Sum(static row => row.SpilledBytes);

    /// <summary>Ends pools, the socket and the manager with all memory. A second call does nothing.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            if (_disposed) return;
            _disposed = true;
        }

        _top?.Dispose();
        foreach (WorkspacePool pool in _pools.Values) pool.Dispose();
        Manager.Dispose();
    }
}
