using System.Runtime.InteropServices;
using Workspaces.Memory;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Arenas;

namespace Workspaces.Tests.Memory;

/// <summary>
/// Runs one random program of requests, releases, exposures, holds, marks, passes and lanes on several workspaces, against a model in
/// which every block whose bytes are kept has a pattern of its own.
/// </summary>
internal sealed class MemoryProgram(WorkspaceManager manager, Workspace[] workspaces, Random random)
{
    private const int MaxDepth = 6;
    private readonly Stack<Scope> _scopes = new();
    private readonly List<RawBlock> _stale = [];
    private byte _pattern;

    /// <summary>Bytes above which a request may be refused; 0 when none may be.</summary>
    public long Cap { get; init; }

    /// <summary>Requests that were refused.</summary>
    public int Refused { get; private set; }

    public void Run(int steps)
    {
        foreach (Workspace workspace in workspaces) _scopes.Push(new Scope(null, null, RootOf(workspace), workspace));
        for (int i = 0; i < steps; i++)
        {
            Step();
            if (i % 16 == 0) CheckBytes();
        }

        while (_scopes.Peek().Pass is not null) Leave();
        CheckBytes();
    }

    private void Step()
    {
        switch (random.Next(20))
        {
            case < 8:
                Allocate();
                break;
            case < 11:
                With(block => block.IsAlive, Release);
                break;
            case 11:
                With(block => block.IsAlive, Expose);
                break;
            case 12:
                With(block => block.IsAlive, Hold);
                break;
            case 13:
                With(block => block.Holds > 0, Drop);
                break;
            case 14:
                Scope scope = _scopes.Peek();
                scope.Mark = scope.Pass?.Mark();
                scope.AtMark = scope.Births;
                break;
            case 15:
                Rewind();
                break;
            case 16 or 17 when _scopes.Count < MaxDepth + workspaces.Length:
                Enter();
                break;
            case 18 when _scopes.Peek().Pass is not null:
                Leave();
                break;
            default:
                CheckStale();
                break;
        }
    }

    private void Allocate()
    {
        Scope scope = _scopes.Peek();
        long bytes = random.Next(12) switch { 0 => 0, 1 => random.Next(200_000), _ => random.Next(3_000) };
        bool zeroed = random.Next(4) == 0;
        try
        {
            RawBlock raw = RawBlock.From(scope.Frame, bytes, zeroed);
            if (zeroed) Assert.True(raw.IsFilledWith(0));
            raw.Fill(++_pattern);
            scope.Blocks.Add(new Kept(raw, _pattern, ++scope.Births));
        }
        catch (OutOfWorkspaceException) when (Cap > 0)
        {
            Refused++;
            if (scope.Workspace.Configuration.WorkspaceMode == WorkspaceMode.None)
                Assert.True(InUse(scope.Workspace) + Granule.RoundUp(bytes) > Cap, "a request below the cap was refused");
        }
    }

    private void Release(Scope scope, Kept block)
    {
        block.Raw.Handle.Dispose();
        block.IsAlive = false;
        Bury(scope, block);
    }

    private static void Expose(Scope scope, Kept block)
    {
        block.Raw.Handle.AsSpan();
        block.IsExposed = true;
    }

    private static void Hold(Scope scope, Kept block)
    {
        Assert.True(scope.Frame.TryHold(block.Raw.Header, block.Raw.Birth));
        block.Holds++;
    }

    private void Drop(Scope scope, Kept block)
    {
        scope.Frame.DropHold(block.Raw.Header, block.Raw.Birth);
        block.Holds--;
        Bury(scope, block);
    }

    private void Rewind()
    {
        Scope scope = _scopes.Peek();
        if (scope.Mark is not { } mark) return;
        scope.Pass!.Value.Rewind(mark);
        foreach (Kept block in scope.Blocks.Where(block => block.Number > scope.AtMark))
        {
            _stale.Add(block.Raw);
            block.IsAlive = false;
            block.Holds = 0;
            block.IsRewound = true;
            block.WasRetired |= block.IsExposed;
        }

        // What was exposed stays to the end of the pass.
        scope.Blocks.RemoveAll(block => block.IsRewound && !block.WasRetired);
    }

    private void Enter()
    {
        Scope outer = _scopes.Peek();
        Workspace workspace = workspaces[random.Next(workspaces.Length)];
        if (outer.Pass is { } pass && random.Next(3) == 0 && outer.Frame.Scope.OpenLanes == 0)
        {
            Lanes lanes = pass.Fork(3);
            _scopes.Push(new Scope(lanes.Enter(random.Next(3)), lanes, Ambient.Current!, outer.Workspace));
            return;
        }

        _scopes.Push(new Scope(workspace.Enter(), null, Ambient.Current!, workspace));
    }

    private void Leave()
    {
        Scope scope = _scopes.Pop();
        CheckBytes();
        scope.Pass!.Value.Dispose();
        scope.Lanes?.Dispose();
        foreach (Kept block in scope.Blocks) _stale.Add(block.Raw);
        CheckStale();
        foreach (Workspace workspace in workspaces) CheckBooks(workspace);
    }

    /// <summary>Bytes without a holder may be reused, unless a span of them is out.</summary>
    private void Bury(Scope scope, Kept block)
    {
        if (!block.IsAlive) _stale.Add(block.Raw);
        if (block.IsAlive || block.Holds > 0) return;
        block.WasRetired = block.IsExposed;
        if (!block.IsExposed) scope.Blocks.Remove(block);
    }

    private void CheckBytes()
    {
        Kept[] all = [.. _scopes.SelectMany(scope => scope.Blocks)
            .Where(block => block.Raw.Header.Bytes > 0).OrderBy(block => block.Raw.Address)];
        for (int i = 0; i < all.Length; i++)
        {
            Kept block = all[i];
            Assert.True(block.Raw.IsFilledWith(block.Pattern), "a pattern was overwritten");
            Assert.Equal(block.IsAlive, block.Raw.IsAlive);
            if (i > 0) Assert.False(block.Raw.Overlaps(all[i - 1].Raw), "two blocks overlap");
        }
    }

    private void CheckStale()
    {
        foreach (RawBlock block in CollectionsMarshal.AsSpan(_stale)[..Math.Min(_stale.Count, 50)])
        {
            Assert.False(block.IsAlive);
            Assert.Throws<StaleAccessException>(() => block.Handle.Length);
        }

        if (_stale.Count > 50) _stale.RemoveRange(0, 50);
    }

    private void CheckBooks(Workspace workspace)
    {
        MemoryReport memory = workspace.Memory;
        Assert.Equal(memory.Committed, memory.Allocated + memory.Unreferenced + memory.Free + memory.Bookkeeping);
        Assert.True(memory is { Allocated: >= 0, Unreferenced: >= 0, Free: >= 0, Bookkeeping: >= 0 });
        bool own = workspace.Configuration.WorkspaceMode == WorkspaceMode.None;
        Assert.Equal(InUse(workspace), own ? memory.External : memory.Allocated);
        if (own) Assert.Equal(0, memory.Committed);
        if (Cap > 0) Assert.True(memory.Committed - memory.Bookkeeping + memory.External <= Cap);
        if (!OperatingSystem.IsLinux() || random.Next(8) != 0) return;
        Assert.Equal(memory.Committed, workspace.Arenas.Arenas.Sum(arena => ProcessMaps.Bytes(arena.Arena, "rw-p")));
        Assert.True(manager.Memory.Committed >= memory.Committed);
    }

    /// <summary>Blocks that are neither released nor retired; those that own their memory keep it while a span is out.</summary>
    private long InUse(Workspace workspace)
    {
        bool own = workspace.Configuration.WorkspaceMode == WorkspaceMode.None;
        return _scopes.Where(scope => ReferenceEquals(scope.Workspace, workspace)).SelectMany(scope => scope.Blocks)
            .Where(block => own || !block.WasRetired).Sum(block => Granule.RoundUp(block.Raw.Header.Bytes));
    }

    private void With(Func<Kept, bool> wanted, Action<Scope, Kept> action)
    {
        Scope scope = _scopes.ElementAt(random.Next(_scopes.Count));
        Kept[] candidates = [.. scope.Blocks.Where(wanted)];
        if (candidates.Length > 0) action(scope, candidates[random.Next(candidates.Length)]);
    }

    private static Frame RootOf(Workspace workspace)
    {
        Frame frame = workspace.Innermost;
        while (frame.Up is { } up) frame = up;
        return frame;
    }

    private sealed class Scope(Pass? pass, Lanes? lanes, Frame frame, Workspace workspace)
    {
        public readonly List<Kept> Blocks = [];
        public PassMark? Mark;
        public int AtMark;
        public int Births;

        public Pass? Pass => pass;

        public Lanes? Lanes => lanes;

        public Frame Frame => frame;

        public Workspace Workspace => workspace;
    }

    private sealed class Kept(RawBlock raw, byte pattern, int number)
    {
        public bool IsAlive = true;
        public bool IsExposed;
        public bool WasRetired;
        public bool IsRewound;
        public int Holds;

        public RawBlock Raw => raw;

        public byte Pattern => pattern;

        public int Number => number;
    }
}
