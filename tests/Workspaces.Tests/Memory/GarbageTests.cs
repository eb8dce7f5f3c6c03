using Workspaces.Memory;

namespace Workspaces.Tests.Memory;

/// <summary>Steady loops make no managed garbage on this thread and ask the system for nothing.</summary>
public sealed class GarbageTests : IDisposable
{
    private const int WarmUp = 20;
    private const int Rounds = 2_000;
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Entering_allocating_and_leaving()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "step" });
        AssertSteady(workspace, () =>
        {
            using Pass pass = workspace.Enter();
            Fill(workspace);
        });
    }

    [Fact]
    public void A_lease_as_the_first_line_of_the_loop_body()
    {
        var configuration = new WorkspaceConfiguration { Name = "body" };
        Workspace? same = null;
        AssertSteady(null, () =>
        {
            using Workspace workspace = _manager.Lease(configuration);
            same ??= workspace;
            if (!ReferenceEquals(same, workspace)) throw new InvalidOperationException("another object");
            Fill(workspace);
        });
        Assert.Equal(WarmUp + Rounds, same!.PassCount);
    }

    [Fact]
    public void An_equal_configuration_made_anew_costs_only_itself()
    {
        WorkspaceConfiguration? last = null;
        long one = Measure(() => last = new WorkspaceConfiguration { Name = "body", MaxSize = 1 << 20 });
        long both = Measure(() =>
        {
            using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "body", MaxSize = 1 << 20 });
            Fill(workspace);
        });
        Assert.Equal(one, both);
        Assert.NotNull(last);
    }

    [Fact]
    public void Nested_passes_of_two_workspaces_with_marks()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        AssertSteady(a, () =>
        {
            using Pass outer = a.Enter();
            Fill(a);
            using Pass middle = b.Enter();
            PassMark mark = middle.Mark();
            Fill(b);
            using (Pass inner = a.Enter()) Fill(a);
            middle.Rewind(mark);
            Fill(b);
        });
    }

    [Fact]
    public void Passes_on_one_thread_only()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "server" });
        AssertSteady(workspace, () =>
        {
            using ThreadPass pass = workspace.EnterOnThread();
            Fill(workspace);
            using Pass nested = workspace.Enter();
            Fill(workspace);
        });
    }

    [Fact]
    public void Lanes_entered_one_after_the_other()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "lanes" });
        AssertSteady(workspace, () =>
        {
            using Pass pass = workspace.Enter();
            using Lanes lanes = pass.Fork(3);
            for (int i = 0; i < 3; i++)
            {
                using Pass lane = lanes.Enter(i);
                Fill(workspace);
            }
        });
    }

    [Fact]
    public void Scratch()
    {
        AssertSteady(null, () =>
        {
            using Workspaces.Memory.Scratch.ScratchLease lease = _manager.Scratch.Rent();
            lease.Take<float>(1000);
            lease.Take<byte>(77);
        });
        Assert.Equal(1, _manager.Scratch.SystemCalls);
    }

    private static void Fill(Workspace workspace)
    {
        Block kept = workspace.MemoryManager.Allocate(1000);
        for (int i = 0; i < 20; i++)
        {
            Block block = workspace.MemoryManager.Allocate(100 * i, zeroed: i % 4 == 0, purpose: "fill");
            if (i % 3 == 0) block.Dispose();
            else if (i % 3 == 1) block.AsSpan().Clear();
        }

        kept.CopyFrom("some bytes"u8);
    }

    private static void AssertSteady(Workspace? workspace, Action round)
    {
        for (int i = 0; i < WarmUp; i++) round();
        long calls = workspace?.SystemCalls ?? 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(calls, workspace?.SystemCalls ?? 0);
    }

    private static long Measure(Action round)
    {
        for (int i = 0; i < WarmUp; i++) round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) round();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
