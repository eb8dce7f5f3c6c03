using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Memory;

/// <summary>What a pass records: births, uses, deaths, and the bound that follows.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public TraceTests()
    {
        Workspace? made = null;
        Outside.Run(() => made = _manager.Lease(new() { Name = "traced" }));
        _workspace = made!;
    }

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Births_uses_and_deaths_are_events_in_order()
    {
        PassTrace trace = Record(() =>
        {
            Block a = _workspace.MemoryManager.Allocate(100, purpose: "a"); // 0
            Block b = _workspace.MemoryManager.Allocate(200, purpose: "b"); // 1
            a.CopyFrom([1]);                                               // 2
            b.CopyTo(new byte[1]);                                         // 3
            a.CopyTo(new byte[1]);                                         // 4
            a.Dispose();                                                   // 5
            a.Dispose();
            Block c = _workspace.MemoryManager.Allocate(0);                // 6
            Assert.True(c.IsAlive);
        });
        Assert.Equal((3, 7, 0L), (trace.Count, trace.Events, trace.Dropped));
        Assert.Equal(("a", 100L, 0, 4, 5), Describe(trace.Entries[0]));
        Assert.Equal(("b", 200L, 1, 3, -1), Describe(trace.Entries[1]));
        Assert.Equal((null, 0L, 6, 6, -1), Describe(trace.Entries[2]));
        Assert.Equal(128 + 256, trace.LowerBoundBytes());
    }

    [Fact]
    public void An_exposed_block_counts_as_used_to_the_end_of_the_pass()
    {
        PassTrace trace = Record(() =>
        {
            Block exposed = _workspace.MemoryManager.Allocate(100);
            exposed.AsSpan();
            exposed.Dispose();
            _workspace.MemoryManager.Allocate(64).Dispose();
            _workspace.MemoryManager.Allocate(640).Dispose();
        });
        Assert.Equal(trace.Events - 1, trace.Entries[0].LastUse);
        Assert.Equal(128 + 640, trace.LowerBoundBytes());
    }

    [Fact]
    public void A_block_that_is_never_used_lives_for_its_birth_only()
    {
        PassTrace trace = Record(() =>
        {
            for (int i = 1; i <= 5; i++) _workspace.MemoryManager.Allocate(64 * i);
        });
        Assert.Equal(320, trace.LowerBoundBytes());
    }

    [Fact]
    public void Kernel_scratch_is_recorded_where_it_was_taken()
    {
        PassTrace trace = Record(() =>
        {
            Block kept = _workspace.MemoryManager.Allocate(64);
            Ambient.Current!.RecordScratch(1000, "MatMul");
            kept.CopyFrom([1]);
        });
        Assert.Equal(PassTrace.ScratchTag, trace.Entries[1].Tag);
        Assert.Equal(64 + 1024, trace.LowerBoundBytes());
    }

    [Fact]
    public void A_rewound_block_dies_in_the_trace()
    {
        PassTrace trace = Record(() =>
        {
            using Pass pass = _workspace.Enter();
            PassMark mark = pass.Mark();
            _workspace.MemoryManager.Allocate(64);
            pass.Rewind(mark);
            pass.Dispose();
            Assert.Equal(1, Ambient.Current!.Scope.Child!.LastTrace!.Entries[0].Death);
        });
        Assert.Equal(0, trace.Count);
    }

    [Fact]
    public void The_signature_and_the_last_complete_pass_are_kept()
    {
        Assert.Null(_workspace.LastTrace);
        Record(() => _workspace.MemoryManager.Allocate(64), default(PassSignature).With(5));
        Assert.Equal(default(PassSignature).With(5), _workspace.LastTrace!.Signature);
        Record(() =>
        {
            _workspace.MemoryManager.Allocate(128);
            Assert.Equal(64, _workspace.LastTrace!.LowerBoundBytes());
        });
        Assert.Equal(128, _workspace.LastTrace!.LowerBoundBytes());
        Assert.Equal(default, _workspace.LastTrace!.Signature);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_lower_bound_equals_a_naive_one(int seed)
    {
        var random = new Random(seed);
        var model = new List<(long Bytes, int Birth, int Last)>();
        int clock = 0;
        PassTrace trace = Record(() =>
        {
            var live = new List<(Block Block, int Index)>();
            for (int i = 0; i < 2_000; i++)
            {
                int kind = random.Next(5);
                if (kind < 2 || live.Count == 0)
                {
                    long bytes = random.Next(5_000);
                    live.Add((_workspace.MemoryManager.Allocate(bytes), model.Count));
                    model.Add((bytes, clock, clock));
                    clock++;
                    continue;
                }

                int at = random.Next(live.Count);
                (Block block, int index) = live[at];
                if (kind == 4)
                {
                    block.Dispose();
                    live.RemoveAt(at);
                }
                else
                {
                    block.CopyTo([]);
                    model[index] = (model[index].Bytes, model[index].Birth, clock);
                }

                clock++;
            }
        });
        long naive = Enumerable.Range(0, clock).Max(t => model.Where(b => b.Birth <= t && t <= b.Last).Sum(b => (b.Bytes + 63) / 64 * 64));
        Assert.Equal(clock, trace.Events);
        Assert.Equal(naive, trace.LowerBoundBytes());
    }

    private PassTrace Record(Action program, PassSignature signature = default)
    {
        Outside.Run(() =>
        {
            using ThreadPass pass = _workspace.EnterOnThread(signature);
            program();
        });
        return _workspace.LastTrace!;
    }

    private static (string? Op, long Bytes, int Birth, int LastUse, int Death) Describe(TraceEntry entry) =>
        (entry.Op, entry.Bytes, entry.Birth, entry.LastUse, entry.Death);
}
