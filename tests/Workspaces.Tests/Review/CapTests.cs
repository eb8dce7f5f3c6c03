using Workspaces.Memory;

namespace Workspaces.Tests.Review;

/// <summary>Several arenas under one cap: pages go where they are needed, and never from under a live block.</summary>
public sealed class CapTests
{
    private const long Mebi = 1 << 20;

    [Fact]
    public void A_pass_whose_plan_was_stopped_gives_way_a_second_time_without_its_live_bytes()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "capped", MaxSize = 8 * Mebi, PolicySpill = SpillPolicy.Fail });
        for (int i = 0; i < 2; i++)
        {
            using Pass pass = workspace.Enter();
            Filled(workspace, 1, "a");
            Filled(workspace, 3, "b");
        }

        Assert.Equal(WorkspaceState.Planned, workspace.State);
        using Pass outer = workspace.Enter();
        Filled(workspace, 1, "a");
        using (workspace.Enter()) Filled(workspace, 6, "x"); // takes the pages of the plan's rest, which is given up
        Block live = Filled(workspace, 3, "b"); // ends where the plan would have ended
        using (workspace.Enter(new PassSignature().With(2)))
        {
            Assert.Throws<OutOfWorkspaceException>(() => Filled(workspace, 5, "y")); // 1 + 3 + 5 MiB are live then
        }

        Block next = Filled(workspace, 2, "c", value: 9);
        Assert.True(IsFilledWith(live, 7));
        Assert.True(IsFilledWith(next, 9));
        Assert.InRange(workspace.Arenas.Arenas.Sum(arena => arena.UsableBytes), 6 * Mebi, 8 * Mebi);
    }

    [Fact]
    public void Two_lanes_at_work_at_once_whose_sum_fits_the_cap_are_never_refused()
    {
        const int Rounds = 200;
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new()
        {
            Name = "lanes", MaxSize = 16 * Mebi, InitialSize = 1 << 16, PolicyLearning = LearningPolicy.None, PolicySpill = SpillPolicy.Fail,
        });
        for (int round = 0; round < Rounds; round++)
        {
            using Pass pass = workspace.Enter();
            using Lanes lanes = pass.Fork(2);
            using var start = new Barrier(2);
            int large = round % 2; // the one that was small has the pages of its large pass still
            Exception?[] errors = new Exception?[2];
            void Lane(int k)
            {
                start.SignalAndWait();
                errors[k] = Record.Exception(() => Work(workspace, lanes, k, k == large));
            }

            var second = new Thread(() => Lane(1));
            second.Start();
            Lane(0);
            second.Join();
            Assert.Equal([null, null], errors);
        }
    }

    /// <summary>9 MiB that live together, or a block of 16 KiB at a time.</summary>
    private static void Work(Workspace workspace, Lanes lanes, int lane, bool isLarge)
    {
        using Pass pass = lanes.Enter(lane);
        for (int i = 0; i < (isLarge ? 36 : 20_000); i++)
        {
            Block block = workspace.MemoryManager.Allocate(isLarge ? 256 << 10 : 16 << 10, purpose: isLarge ? "large" : "small");
            if (!isLarge) block.Dispose();
        }
    }

    private static Block Filled(Workspace workspace, int mebi, string purpose, byte value = 7)
    {
        Block block = workspace.MemoryManager.Allocate(mebi * Mebi, purpose: purpose);
        byte[] bytes = new byte[mebi * Mebi];
        Array.Fill(bytes, value);
        block.CopyFrom(bytes);
        return block;
    }

    private static bool IsFilledWith(Block block, byte value)
    {
        byte[] bytes = new byte[block.Length];
        block.CopyTo(bytes);
        return bytes.AsSpan().IndexOfAnyExcept(value) < 0;
    }
}
