using System.Text;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory;

/// <summary>What the leak and cycle detectors ask of a workspace.</summary>
public sealed partial class Workspace
{
    private const int DeepNesting = 32;
    private const int MostReturns = 8;
    private const int MostNamesTold = 12;
    private readonly LeaseGuard _guard;
    private int _circlesTold;

    /// <summary>
    /// Throws when something of this workspace is in use that should not be between passes: a pass or lane other than the outer one, a slot of its ring, an op on another
    /// thread; and when the leak detector has warned of this name since the manager was made. Blocks of the outer pass are no leak.
    /// </summary>
    /// <exception cref="LeakException">With everything that was found.</exception>
    public void AssertNoLeaks()
    {
        var leaks = new List<Finding>();
        using (_gate.Enter()) AddOpen(leaks);
        if (!IsQuiet) leaks.Add(LeakFindings.OpsInFlight(this));
        leaks.AddRange(Manager.LeakWarnings.Where(leak => string.Equals(leak.Workspace, DisplayName, StringComparison.OrdinalIgnoreCase)));
        LeakException.ThrowIfAny($"workspace '{DisplayName}'", leaks);
    }

    /// <summary>A reference that does not keep the workspace alive, and outlasts its finalizers.</summary>
    internal WeakReference<Workspace> Reference { get; }

    /// <summary>True when it has files, whose handles the collector would close if nobody held it.</summary>
    internal bool HasFiles => Configuration.PolicyLocation == LocationPolicy.Mmap
        || (Configuration.PolicySpill == SpillPolicy.External && (Configuration.MaxSize > 0 || Configuration.DebugMode == DebugMode.SpillEverything));

    /// <summary>True for a lease from a pool.</summary>
    internal bool IsPooled => _kind == LeaseKind.Pooled;

    /// <summary>True once a finalizer has found that nobody can reach the open lease; used under the manager's lock.</summary>
    internal bool IsAbandoned { get; set; }

    /// <summary>Where the lease was taken, as words to put behind the name; empty when that is not recorded.</summary>
    internal string MadeAt { get; set; } = "";

    private void Report(string code, string text)
    {
        if (code is FindingCodes.ClosedOutOfOrder or FindingCodes.LaneNotJoined) Manager.CountLeakedPass();
        Manager.QueueFinding(new Finding(code, FindingSeverity.Warning, DisplayName, text));
    }

    private void AddOpen(List<Finding> leaks)
    {
        if (!_leased) return;
        if (_root.Scope.Child is { IsOpen: true } && Innermost is { } inner) leaks.Add(LeakFindings.PassOpen(this, inner));
        for (int i = 0; i < _root.Scope.OpenLanes; i++)
        {
            if (_root.Scope.Lanes[i] is { IsOpen: true } lane) leaks.Add(LeakFindings.PassOpen(this, lane));
        }

        if (_ring?.HeldSlots is > 0 and int held) leaks.Add(LeakFindings.RingHeld(this, held));
    }

    /// <summary>A depth is reached for the first time: that is when circles are looked for, so passes at depths that were seen before cost nothing.</summary>
    private Frame NewChild(Frame parent, Frame? ambient)
    {
        Frame child = NewFrame(parent, ChildPlace);
        if (Configuration.UseCycleDetector) LookForCircles(child, ambient);
        return child;
    }

    private void LookForCircles(Frame child, Frame? ambient)
    {
        int depth = 0;
        for (Frame? up = child.Up; up is not null; up = up.Up) depth++;
        if (depth > DeepNesting && (_circlesTold & 1) == 0)
        {
            _circlesTold |= 1;
            Manager.QueueFinding(CycleFindings.Nests(DisplayName, depth));
        }

        if (depth <= MostReturns || (_circlesTold & 2) != 0) return;
        int returns = 0;
        Frame inner = child;
        for (Frame? outer = ambient; outer is not null; inner = outer, outer = outer.Scope.OuterIfSame)
        {
            if (ReferenceEquals(inner.Workspace, this) && !ReferenceEquals(outer.Workspace, this) && IsInside(_root, outer)) returns++;
        }

        if (returns <= MostReturns) return;
        _circlesTold |= 2;
        Manager.QueueFinding(CycleFindings.Circles(DisplayName, Path(child, ambient), returns));
    }

    /// <summary>The names from the outermost scope to this one, neighbours that are equal once.</summary>
    private static string Path(Frame child, Frame? ambient)
    {
        var names = new List<string> { child.Name };
        for (Frame? outer = ambient; outer is not null; outer = outer.Scope.OuterIfSame)
        {
            if (names[^1] != outer.Name) names.Add(outer.Name);
        }

        var text = new StringBuilder();
        for (int i = Math.Min(names.Count, MostNamesTold) - 1; i >= 0; i--) text.Append(names[i]).Append(i > 0 ? " → " : "");
        return names.Count > MostNamesTold ? $"… → {text}" : text.ToString();
    }
}
