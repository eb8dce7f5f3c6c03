using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Replay;

/// <summary>
/// Runs the passes of one program, each deviating from it in its own way, against a model that reuses nothing: every block whose bytes are kept has a
/// pattern of its own, which is compared all the time.
/// </summary>
internal sealed class ReplayProgram(Workspace workspace, ProgramStep[] steps)
{
    private readonly List<Kept> _kept = [];
    private readonly List<Kept> _stale = [];
    private int _births;

    /// <summary>Blocks that lay where a plan had them.</summary>
    internal int Planned { get; private set; }

    /// <summary>Blocks that did not, though their pass ran on a plan.</summary>
    internal int Spilled { get; private set; }

    /// <summary>Uses that were refused, because the last one of the record had been seen.</summary>
    internal int LateUses { get; private set; }

    /// <summary>Passes that ended with an exception.</summary>
    internal int Failed { get; private set; }

    /// <summary>Whether each kind of pass has a key of its own.</summary>
    internal bool TellsPassesApart { get; init; } = true;

    private bool EndsByLastUse => workspace.Configuration.Lifetimes == LifetimePolicy.LastUse;

    /// <summary>Runs one pass.</summary>
    /// <param name="random">What to deviate in.</param>
    /// <param name="deviations">Deviations out of 1000 steps; 0 for a faithful pass.</param>
    internal void Run(Random random, int deviations)
    {
        try
        {
            RunPass(steps, 0, random, deviations);
        }
        catch (MidPassException)
        {
            Failed++;
        }

        Assert.Empty(_kept);
        Assert.All(_stale, static block => Assert.False(block.Raw.IsAlive));
        _stale.Clear();
        Assert.Equal(0, workspace.Memory.Allocated);
    }

    private void RunPass(ProgramStep[] inner, int number, Random random, int deviations)
    {
        int outer = _kept.Count;
        try
        {
            using Pass pass = workspace.Enter(new PassSignature(TellsPassesApart ? (ulong)number : 0));
            var scope = new Scope(pass, workspace.MemoryManager.Frame);
            RunSteps(inner, scope, random, deviations);
            Check();
        }
        finally
        {
            _stale.AddRange(_kept[outer..]);
            _kept.RemoveRange(outer, _kept.Count - outer);
        }
    }

    private void RunSteps(ProgramStep[] inner, Scope scope, Random random, int deviations)
    {
        for (int i = 0; i < inner.Length; i++)
        {
            if (random.Next(1000) >= deviations)
            {
                Do(inner[i], scope, random, deviations);
                continue;
            }

            switch (random.Next(12))
            {
                case < 2: // left out
                    break;
                case 2 when i + 1 < inner.Length: // swapped
                    Do(inner[i + 1], scope, random, deviations);
                    Do(inner[i++], scope, random, deviations);
                    break;
                case 3 or 4: // inserted
                    Allocate(new ProgramStep(StepKind.Allocate, 1000 + random.Next(50), random.Next(1_500)), scope, random.Next(5));
                    Do(inner[i], scope, random, deviations);
                    break;
                case 5 or 6: // of another size
                    Do(inner[i] with { Bytes = random.Next(2) == 0 ? inner[i].Bytes / 2 : inner[i].Bytes + random.Next(500) }, scope, random, deviations);
                    break;
                case 7 when random.Next(4) == 0:
                    throw new MidPassException();
                case 8 when random.Next(4) == 0:
                    return;
                case 9 when random.Next(8) == 0:
                    Foreign(scope);
                    break;
                case 10: // used more often
                    Do(inner[i], scope, random, deviations);
                    With(scope, random.Next(20), block => Use(block));
                    break;
                default: // twice
                    Do(inner[i], scope, random, deviations);
                    Do(inner[i], scope, random, deviations);
                    break;
            }
        }
    }

    private void Do(ProgramStep step, Scope scope, Random random, int deviations)
    {
        if (random.Next(10) == 0) Check();
        switch (step.Kind)
        {
            case StepKind.Allocate:
                Allocate(step, scope, step.Block % 7);
                break;
            case StepKind.Use:
                With(scope, step.Block, Use);
                break;
            case StepKind.Release:
                With(scope, step.Block, Release);
                break;
            case StepKind.Hold:
                With(scope, step.Block, block => block.Holds += scope.Frame.TryHold(block.Raw.Header, block.Raw.Birth) ? 1 : 0);
                break;
            case StepKind.Drop:
                With(scope, step.Block, Drop);
                break;
            case StepKind.Expose:
                With(scope, step.Block, block =>
                {
                    if (!block.Raw.IsAlive) return;
                    block.Raw.Handle.AsSpan();
                    block.IsExposed = true;
                });
                break;
            case StepKind.Mark:
                scope.Mark = scope.Pass.Mark();
                scope.AtMark = _births;
                break;
            case StepKind.Rewind when scope.Mark is { } mark:
                scope.Pass.Rewind(mark);
                _kept.RemoveAll(block => ReferenceEquals(block.Frame, scope.Frame) && block.Birth > scope.AtMark);
                break;
            case StepKind.Nested:
                RunPass(step.Inner!, step.Block, random, deviations);
                break;
            case StepKind.Hop:
                Outside.Join(Task.Run(() => RunSteps(step.Inner!, scope, random, deviations)));
                break;
        }
    }

    private void Allocate(ProgramStep step, Scope scope, int kind)
    {
        bool zeroed = kind == 0;
        var request = new BlockRequest(step.Bytes, zeroed, kind == 1 ? 0 : (uint)(kind + 10), "step");
        Add(new RawBlock(scope.Frame.Allocate(HeaderFactory.Plain, request, ownOps: 0)), step.Block, scope.Frame, zeroed);
    }

    /// <summary>Another thread asks while an op of this one is open: it cannot take over the pass, and gets bytes that nobody has had.</summary>
    private void Foreign(Scope scope)
    {
        scope.Frame.BeginOp();
        long before = scope.Frame.ForeignRequests;
        RawBlock[] blocks = [];
        Outside.Run(() => blocks =
        [
            .. Enumerable.Range(0, 3).Select(_ => new RawBlock(scope.Frame.Allocate(HeaderFactory.Plain, new BlockRequest(200, Tag: 12), ownOps: 0))),
        ]);
        Assert.Equal(before + 3, scope.Frame.ForeignRequests);
        Assert.All(blocks, static block => Assert.Equal(0, block.Header.PlanSlot));
        foreach (RawBlock block in blocks) Add(block, 2000 + _births, scope.Frame, zeroed: false);
        Check();
        scope.Frame.EndOp();
    }

    private void Add(RawBlock raw, int number, Frame frame, bool zeroed)
    {
        if (raw.Header.PlanSlot != 0) Planned++;
        else if (frame.Plan is not null) Spilled++;
        if (zeroed) Assert.True(raw.IsFilledWith(0));
        var block = new Kept(raw, number, ++_births, frame);
        raw.Fill(block.Pattern);
        frame.Use(raw.Header, raw.Header.Birth); // producing is the first use
        _kept.Add(block);
    }

    private void Use(Kept block)
    {
        if (block.IsReleased) return;
        byte[] bytes = new byte[block.Raw.Header.Bytes];
        try
        {
            block.Raw.Handle.CopyTo(bytes);
            Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept(block.Pattern));
        }
        catch (StaleAccessException stale) when (EndsByLastUse)
        {
            Assert.Contains("Keep", stale.Message, StringComparison.Ordinal);
            LateUses++;
        }
    }

    private void Release(Kept block)
    {
        Check(block);
        block.Raw.Handle.Dispose();
        block.IsReleased = true;
        Bury(block);
    }

    private void Drop(Kept block)
    {
        if (block.Holds == 0) return;
        Check(block);
        block.Frame.DropHold(block.Raw.Header, block.Raw.Birth);
        block.Holds--;
        Bury(block);
    }

    private void Bury(Kept block)
    {
        if (block is { IsReleased: true, Holds: 0, IsExposed: false }) _kept.Remove(block);
    }

    private void Check()
    {
        foreach (Kept block in _kept) Check(block);
        Kept[] byAddress = [.. _kept.Where(static block => block.HasBytes).OrderBy(static block => block.Raw.Address)];
        for (int i = 1; i < byAddress.Length; i++) Assert.False(byAddress[i].Raw.Overlaps(byAddress[i - 1].Raw), "two blocks overlap");
    }

    private void Check(Kept block)
    {
        if (!EndsByLastUse) Assert.Equal(!block.IsReleased, block.Raw.IsAlive);
        if (block.IsEnded) return;
        Assert.True(block.Raw.IsFilledWith(block.Pattern), "a pattern was overwritten");
    }

    private void With(Scope scope, int number, Action<Kept> action)
    {
        Kept? block = _kept.FindLast(block => block.Name == number && ReferenceEquals(block.Frame, scope.Frame));
        if (block is not null) action(block);
    }

    private sealed class Scope(Pass pass, Frame frame)
    {
        public PassMark? Mark;
        public int AtMark;

        public Pass Pass => pass;

        public Frame Frame => frame;
    }

    private sealed class Kept(RawBlock raw, int name, int birth, Frame frame)
    {
        public int Holds;
        public bool IsReleased;
        public bool IsExposed;

        public RawBlock Raw => raw;

        public int Name => name;

        /// <summary>Blocks made so far.</summary>
        public int Birth => birth;

        public byte Pattern { get; } = (byte)((birth % 255) + 1);

        public Frame Frame => frame;

        /// <summary>True when its last use has ended it; nobody has a span of it or holds it then.</summary>
        public bool IsEnded => !IsReleased && !raw.IsAlive && Holds == 0 && !IsExposed;

        public bool HasBytes => raw.Header.Bytes > 0 && !IsEnded;
    }

    private sealed class MidPassException : Exception;
}
