using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Concurrency;

/// <summary>Workspaces that nobody knows any more, contexts that outlive them, and processes started in the middle of a pass.</summary>
[Collection(nameof(AloneCollection))]
public sealed class AbandonedTests
{
    [Fact]
    public void Scenario_21_a_timer_that_holds_the_context_of_a_pass_keeps_no_memory_and_is_told_that_it_is_late()
    {
        using var manager = new WorkspaceManager();
        WeakReference workspace = RingLate(manager);
        for (int i = 0; i < 50 && workspace.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            SpinWait.SpinUntil(() => !workspace.IsAlive, millisecondsTimeout: 20);
        }

        Assert.False(workspace.IsAlive);
    }

    [Fact]
    public void Scenario_26_a_workspace_that_was_dropped_with_an_open_pass_keeps_its_bytes_and_is_reported()
    {
        var manager = new WorkspaceManager();
        Block block = Outside.Run(() => Drop(manager));
        Span<byte> span = block.AsSpan();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(-1, span.IndexOfAnyExcept((byte)42));
        Outside.Run(() =>
        {
            using Workspace other = manager.Lease(new());
            using Pass pass = other.Enter();
            RawBlock.From(other, 4096).Fill(7);
        });
        Assert.Equal(-1, span.IndexOfAnyExcept((byte)42));
        manager.Dispose();
        Assert.Contains(manager.Findings, static finding => finding is { Code: FindingCodes.LeaseNotDisposed, Workspace: "dropped" });
        Assert.Throws<StaleAccessException>(() => block.AsSpan());
    }

    [Fact]
    public void Scenario_26_collections_and_finalizers_during_kernels_take_nothing_away()
    {
        using var manager = new WorkspaceManager();
        bool over = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref over))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        for (int i = 0; i < 60; i++)
        {
            using Workspace workspace = manager.Lease(new());
            using Pass pass = workspace.Enter();
            Tensor x = Tensor.Full([40, 40], 0.5);
            Assert.Equal(320_000f, x.MatMul(x).MatMul(x).Sum().Item());
        }

        Volatile.Write(ref over, true);
        collector.Join();
    }

    [Fact]
    public void Scenario_29_a_process_that_is_started_in_the_middle_of_a_pass_inherits_no_arena()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        using Pass pass = workspace.Enter();
        RawBlock block = RawBlock.From(workspace, 100_000);
        block.Fill(9);
        Assert.Contains("dc", FlagsOfMapping(block.Address)); // "do not copy on fork"
        using Process child = Process.Start(new ProcessStartInfo("/bin/true"))!;
        child.WaitForExit();
        Assert.Equal(0, child.ExitCode);
        Assert.True(block.IsFilledWith(9));
    }

    /// <summary>A timer started inside a pass rings after it, and is disposed. In a method of its own, so that nothing of it stays on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RingLate(WorkspaceManager manager)
    {
        using var rung = new ManualResetEventSlim();
        Exception? thrown = null;
        (Timer timer, WeakReference workspace) = Outside.Run(() => Leave(manager, () =>
        {
            thrown = Record.Exception(() => Tensor.Ones([4]));
            rung.Set();
        }));
        Assert.Equal(0, manager.Memory.Committed);
        timer.Change(0, Timeout.Infinite);
        rung.Wait();
        Assert.IsType<StaleAccessException>(thrown);
        using var gone = new ManualResetEvent(false);
        timer.Dispose(gone);
        gone.WaitOne();
        return workspace;
    }

    /// <summary>Opens a workspace and a pass, makes a timer in it that does not ring by itself, and leaves.</summary>
    private static (Timer Timer, WeakReference Workspace) Leave(WorkspaceManager manager, Action ring)
    {
        using Workspace workspace = manager.Lease(new());
        using Pass pass = workspace.Enter();
        _ = Tensor.Ones([1000]);
        return (new Timer(_ => ring(), null, Timeout.Infinite, Timeout.Infinite), new WeakReference(workspace));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Block Drop(WorkspaceManager manager)
    {
        Pass pass = manager.Lease(new() { Name = "dropped" }).Enter();
        Block block = pass.Allocate(4096);
        block.AsSpan().Fill(42);
        return block;
    }

    private static string FlagsOfMapping(long address)
    {
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split(' ', '-');
            if (words.Length > 2 && long.TryParse(words[0], NumberStyles.HexNumber, null, out long first)
                && long.TryParse(words[1], NumberStyles.HexNumber, null, out long end)) inside = address >= first && address < end;
            if (inside && line.StartsWith("VmFlags:", StringComparison.Ordinal)) return line;
        }

        return "";
    }
}
