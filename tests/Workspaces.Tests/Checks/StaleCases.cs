using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Checks;

/// <summary>Every way for a tensor to become stale.</summary>
internal static class StaleCases
{
    internal static readonly string[] Names = ["pass ended", "disposed", "rewound", "nested pass ended", "lane joined", "slot given back", "last use"];

    /// <summary>Makes a tensor of two rows, lets a test take something of it, ends it, and lets the test use it.</summary>
    /// <param name="name">Which way.</param>
    /// <param name="checks">The workspace's checks.</param>
    /// <param name="alive">Called with the living tensor.</param>
    /// <param name="stale">Called with the stale one, in an open pass.</param>
    internal static void Run(string name, CheckMode checks, Action<Tensor> alive, Action<Tensor> stale)
    {
        using var manager = new WorkspaceManager();
        using Workspace around = manager.Lease(new WorkspaceConfiguration { Name = "around", Checks = checks }); // results of uses live elsewhere
        if (name == "slot given back")
        {
            SlotGivenBack(manager, around, checks, alive, stale);
            return;
        }

        using Workspace workspace = manager.Lease(new WorkspaceConfiguration
        {
            Name = "step", Checks = checks, Lifetimes = name == "last use" ? LifetimePolicy.LastUse : LifetimePolicy.Released,
        });
        switch (name)
        {
            case "pass ended":
                Tensor kept;
                using (workspace.Enter()) alive(kept = Make());
                UseIn(around, kept, stale);
                break;
            case "disposed":
                using (workspace.Enter())
                {
                    Tensor x = Make();
                    alive(x);
                    x.Dispose();
                    UseIn(around, x, stale);
                }

                break;
            case "rewound":
                using (Pass pass = workspace.Enter())
                {
                    PassMark mark = pass.Mark();
                    Tensor x = Make();
                    alive(x);
                    pass.Rewind(mark);
                    UseIn(around, x, stale);
                }

                break;
            case "nested pass ended":
                using (workspace.Enter())
                {
                    Tensor inner;
                    using (workspace.Enter()) alive(inner = Make());
                    UseIn(around, inner, stale);
                }

                break;
            case "lane joined":
                using (Pass pass = workspace.Enter())
                {
                    Tensor ofLane;
                    using (Lanes lanes = pass.Fork(1))
                    {
                        using (lanes.Enter(0)) alive(ofLane = Make());
                    }

                    UseIn(around, ofLane, stale);
                }

                break;
            default:
                LastUse(workspace, around, alive, stale);
                break;
        }
    }

    private static Tensor Make() => Tensor.From<float>([1, 2, 3, 4], [2, 2]).Named("kept");

    private static void UseIn(Workspace around, Tensor tensor, Action<Tensor> stale)
    {
        using Pass pass = around.Enter();
        stale(tensor);
    }

    private static void LastUse(Workspace workspace, Workspace around, Action<Tensor> alive, Action<Tensor> stale)
    {
        for (int i = 0; i < 30; i++)
        {
            using Pass pass = workspace.Enter();
            Tensor x = Tensor.Full([2, 2], 3).Named("kept"), y = x + 1;
            if (i < 29)
            {
                (y * 2).Dispose();
                continue;
            }

            Assert.False(x.IsAlive, "its last use has not ended it");
            _ = alive; // it is not to be touched before: that would keep it
            UseIn(around, x, stale);
        }
    }

    private static void SlotGivenBack(WorkspaceManager manager, Workspace around, CheckMode checks, Action<Tensor> alive, Action<Tensor> stale)
    {
        using Workspace consumer = manager.Lease(new WorkspaceConfiguration { Name = "consumer", Checks = checks });
        using Workspace ring = manager.Lease(new WorkspaceConfiguration { Name = "data", Checks = checks, PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = 2 });
        RingSlot slot = ring.Ring.Acquire();
        Tensor batch;
        using (slot.Enter()) batch = Make();
        slot.Publish();
        RingLease lease = ring.Ring.Take();
        using (consumer.Enter()) alive(batch);
        lease.Dispose();
        UseIn(around, batch, stale);
    }
}
