using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.IO;
using Workspaces.Tests.Memory;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Spill;

/// <summary><c>PolicySpill: External</c>, the default: what passes the cap lies in a temporary file.</summary>
[Collection(nameof(AloneCollection))]
public sealed class FileSpillTests : IDisposable
{
    private const long Kibi = 1 << 10;
    private readonly FaultyFiles _files = new();
    private readonly TemporaryFolder _folder = new();
    private readonly WorkspaceManager _manager;

    public FileSpillTests() => _manager = new WorkspaceManager { Files = _files };

    public void Dispose()
    {
        _manager.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Requests_above_the_cap_lie_in_a_file_that_has_no_name_and_no_bytes_after_the_pass()
    {
        using Workspace workspace = Lease(cap: 256 * Kibi);
        for (int pass = 0; pass < 3; pass++)
        {
            using (workspace.Enter(new PassSignature().With(pass)))
            {
                List<RawBlock> blocks = SpillBooks.Fill(workspace, 200 * Kibi, 100 * Kibi, 7, 0, 300 * Kibi, 50 * Kibi);
                SpillBooks.AssertKept(blocks);
                Assert.InRange(workspace.Memory.External, 400 * Kibi, 1024 * Kibi);
                if (!OperatingSystem.IsWindows()) Assert.Empty(Directory.GetFileSystemEntries(_folder.Path)); // unlinked: a crash leaves nothing
            }

            Assert.Equal(0, workspace.Memory.External);
            if (pass == 0) Assert.Equal((0, 0), (workspace.SpillFileBytes, _files.Taken)); // no plan needs it again yet
            SpillBooks.Check(workspace);
        }

        workspace.Trim();
        Assert.Equal((0, 0), (workspace.SpillFileBytes, _files.Taken));
        Assert.Single(_files.Paths);
        Assert.True(workspace.SpilledBytes >= 3 * 400 * Kibi);
    }

    [Fact]
    public void The_file_grows_in_granules_of_TempBlockSize_and_a_dead_spill_serves_the_next_one()
    {
        using Workspace workspace = Lease(cap: 128 * Kibi, granule: 128 * Kibi);
        using Pass pass = workspace.Enter();
        SpillBooks.Fill(workspace, 128 * Kibi);
        RawBlock.From(workspace, 100, op: "a");
        long page = Environment.SystemPageSize;
        Assert.Equal((128 * Kibi) + page, workspace.SpillFileBytes);
        for (int i = 0; i < 50; i++)
        {
            RawBlock block = RawBlock.From(workspace, 100 * Kibi, op: "b");
            Assert.True(block.IsFilledWith(0xFF) || i > 0, "fresh bytes are poisoned");
            block.Fill(1);
            block.Release();
        }

        Assert.Equal((128 * Kibi) + page, workspace.SpillFileBytes);
        RawBlock.From(workspace, 200 * Kibi, op: "c");
        Assert.Equal((256 * Kibi) + page, workspace.SpillFileBytes);
    }

    [Fact]
    public void A_disk_that_fills_up_in_a_pass_is_an_error_of_four_parts_and_nothing_is_lost()
    {
        using Workspace workspace = Lease(cap: 128 * Kibi, granule: 64 * Kibi);
        _files.Capacity = 320 * Kibi;
        using (Pass pass = workspace.Enter())
        {
            List<RawBlock> blocks = SpillBooks.Fill(workspace, 128 * Kibi, 200 * Kibi);
            var error = Assert.Throws<OutOfWorkspaceException>(() => RawBlock.From(workspace, 512 * Kibi, op: "too much"));
            Assert.Contains("524288 bytes", error.Asked, StringComparison.Ordinal);
            Assert.Contains("too much", error.By, StringComparison.Ordinal);
            Assert.Contains("MaxSize is 131072 bytes", error.Numbers, StringComparison.Ordinal);
            Assert.Contains(_folder.Path, error.Numbers, StringComparison.Ordinal);
            Assert.Contains("error 28", error.Numbers, StringComparison.Ordinal);
            Assert.Contains("Workspaces:step:TempFilePath", error.Remedy, StringComparison.Ordinal);
            RawBlock small = RawBlock.From(workspace, 20 * Kibi, op: "small"); // into the rest of the granule
            small.Fill(9);
            SpillBooks.AssertKept(blocks);
            SpillBooks.Check(workspace);
        }

        _files.Capacity = long.MaxValue;
        using (workspace.Enter()) SpillBooks.AssertKept(SpillBooks.Fill(workspace, 128 * Kibi, 200 * Kibi, 512 * Kibi));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_call_to_the_system_may_fail_and_the_next_pass_succeeds(bool hasHoles)
    {
        int calls = CallsOf(failAt: 0, hasHoles);
        Assert.True(calls >= 6, $"{calls} calls");
        for (int n = 1; n <= calls; n++) CallsOf(n, hasHoles);
    }

    [Fact]
    public void A_plan_larger_than_the_cap_runs_planned_without_garbage_and_asks_the_system_for_nothing()
    {
        using Workspace workspace = Lease(cap: 512 * Kibi);
        void Step()
        {
            using Pass pass = workspace.Enter();
            Chain(workspace, check: false);
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++)
        {
            using Pass pass = workspace.Enter();
            Chain(workspace, check: true);
            SpillBooks.Check(workspace);
        }

        Assert.Equal((WorkspaceState.Planned, 0L), (workspace.State, workspace.Deviations));
        long calls = workspace.SystemCalls, spilled = workspace.SpilledBytes;
        Garbage.AssertNone(100, Step);
        Assert.Equal(calls, workspace.SystemCalls);
        Assert.True(workspace.SpilledBytes > spilled);
        Assert.InRange(workspace.PlannedPeakBytes, 1, 512 * Kibi);
        Assert.Equal(0, workspace.Memory.External); // between passes nothing is in use
        Assert.True(workspace.SpillFileBytes > 0); // but the space is kept for the plan
        workspace.Trim();
        Assert.Equal((0, 0), (workspace.SpillFileBytes, _files.Taken));
        Step();
    }

    [Fact]
    public void Space_that_plans_no_longer_need_is_given_back()
    {
        using Workspace workspace = Lease(cap: 512 * Kibi);
        for (int i = 0; i < 4; i++)
        {
            using Pass pass = workspace.Enter();
            Chain(workspace, check: true);
        }

        Assert.True(workspace.SpillFileBytes > 0);
        for (int i = 0; i < 10; i++)
        {
            using Pass pass = workspace.Enter(new PassSignature().With(1));
            SpillBooks.Fill(workspace, 1000);
        }

        Assert.Equal(0, workspace.SpillFileBytes);
    }

    [Fact]
    public void A_pass_whose_plan_finds_a_full_disk_goes_on_online_and_fails_only_where_it_must()
    {
        using Workspace workspace = Lease(cap: 512 * Kibi);
        for (int i = 0; i < 4; i++)
        {
            using Pass pass = workspace.Enter();
            Chain(workspace, check: true);
        }

        workspace.Trim();
        _files.Capacity = 0;
        using (workspace.Enter())
        {
            Assert.Throws<OutOfWorkspaceException>(() => Chain(workspace, check: true));
            SpillBooks.Check(workspace);
        }

        _files.Capacity = long.MaxValue;
        long deviations = workspace.Deviations;
        using (workspace.Enter()) Chain(workspace, check: true);
        Assert.Equal((WorkspaceState.Planned, deviations), (workspace.State, workspace.Deviations));
    }

    [Fact]
    public void A_workspace_that_spills_every_pass_is_told_of_once_with_what_it_costs()
    {
        using (Workspace workspace = Lease(cap: 64 * Kibi))
        {
            for (int i = 0; i < 20; i++)
            {
                using Pass pass = workspace.Enter();
                SpillBooks.Fill(workspace, 64 * Kibi, 64 * Kibi);
            }
        }

        Finding finding = Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.SpillsEveryPass);
        Assert.Equal((FindingSeverity.Information, "step"), (finding.Severity, finding.Workspace));
        Assert.Contains("65536 bytes a pass", finding.Text, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, finding.Text, StringComparison.Ordinal);
        Assert.Contains(" ms ", finding.Text, StringComparison.Ordinal);
        Assert.StartsWith("Served passes with a part of them in a temporary file", finding.Text, StringComparison.Ordinal);
        Assert.Contains("set Workspaces:step:MaxSize to 128KiB", finding.Text, StringComparison.Ordinal); // what both blocks need
    }

    [Fact]
    public void One_pass_that_spills_is_told_of_at_the_end_of_the_lease_and_none_that_does_not()
    {
        using (Workspace workspace = Lease(cap: 64 * Kibi))
        {
            using (workspace.Enter()) SpillBooks.Fill(workspace, 64 * Kibi);
            Assert.DoesNotContain(_manager.Findings, static finding => finding.Code == FindingCodes.SpillsEveryPass);
            using (workspace.Enter()) SpillBooks.Fill(workspace, 64 * Kibi, 1);
        }

        Assert.Contains(_manager.Findings, static finding => finding.Code == FindingCodes.SpillsEveryPass);
    }

    [Fact]
    public void Lanes_that_spill_at_once_keep_the_cap_and_their_bytes()
    {
        const int Lanes = 16, Rounds = 40;
        using Workspace workspace = Lease(cap: 512 * Kibi, granule: 64 * Kibi);
        for (int round = 0; round < 4; round++)
        {
            using Pass pass = workspace.Enter();
            using Lanes lanes = pass.Fork(Lanes);
            Parallel.For(0, Lanes, lane =>
            {
                var random = new Random((round * Lanes) + lane);
                using Pass branch = lanes.Enter(lane);
                var kept = new Queue<(RawBlock Block, byte Fill)>();
                for (int i = 0; i < Rounds; i++)
                {
                    RawBlock block = RawBlock.From(workspace, random.Next(1, 100_000), op: $"lane {lane}");
                    block.Fill((byte)lane);
                    kept.Enqueue((block, (byte)lane));
                    MemoryReport memory = workspace.Memory;
                    Assert.InRange(memory.Committed - memory.Bookkeeping, 0, 512 * Kibi);
                    if (kept.Count < 4) continue;
                    (RawBlock oldest, byte fill) = kept.Dequeue();
                    Assert.True(oldest.IsFilledWith(fill));
                    oldest.Release();
                }
            });
        }

        SpillBooks.Check(workspace);
        Assert.True(workspace.SpilledBytes > 0);
    }

    [Fact]
    public void An_op_that_outlives_its_pass_keeps_the_space_that_it_works_on()
    {
        using Workspace workspace = Lease(cap: 64 * Kibi);
        RawBlock spilled;
        using (workspace.Enter())
        {
            spilled = SpillBooks.Fill(workspace, 64 * Kibi, 64 * Kibi)[1];
            spilled.Header.Frame.BeginOp();
        }

        Assert.True(spilled.IsFilledWith(2)); // its bytes are as they were
        Assert.True(workspace.SpillFileBytes > 0);
        spilled.Header.Frame.EndOp();
        using (workspace.Enter()) SpillBooks.AssertKept(SpillBooks.Fill(workspace, 64 * Kibi, 64 * Kibi));
        workspace.Trim();
        Assert.Equal(0, workspace.SpillFileBytes);
    }

    [Fact]
    public void Always_never_uses_the_bytes_of_a_dead_spill_again_in_its_pass()
    {
        using Workspace workspace = _manager.Lease(Configuration(64 * Kibi, 64 * Kibi) with { PolicyAllocation = AllocationPolicy.Always });
        using Pass pass = workspace.Enter();
        SpillBooks.Fill(workspace, 64 * Kibi);
        var seen = new HashSet<long>();
        for (int i = 0; i < 20; i++)
        {
            RawBlock block = RawBlock.From(workspace, 10_000, op: "x");
            block.Fill(1);
            Assert.True(seen.Add(block.Address));
            block.Release();
            Assert.True(block.IsFilledWith(0xFF));
        }
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named_in_the_error()
    {
        string missing = Path.Combine(_folder.Path, "no", "such", "spill.bin");
        using Workspace workspace = _manager.Lease(new() { Name = "step", MaxSize = 64 * Kibi, TempBlockSize = 4096, TempFilePath = missing });
        using Pass pass = workspace.Enter();
        SpillBooks.Fill(workspace, 64 * Kibi);
        var error = Assert.Throws<OutOfWorkspaceException>(() => RawBlock.From(workspace, 1));
        Assert.Contains(missing, error.Numbers, StringComparison.Ordinal);
        SpillBooks.Check(workspace);
    }

    /// <summary>20 blocks of 64 KiB in a chain: four live at a time, and two large ones all along.</summary>
    private static void Chain(Workspace workspace, bool check)
    {
        RawBlock first = RawBlock.From(workspace, 300 * Kibi, op: "long"), second = RawBlock.From(workspace, 300 * Kibi, op: "longer");
        if (check)
        {
            first.Fill(201);
            second.Fill(202);
        }

        RawBlock a = default, b = default, c = default;
        for (int i = 0; i < 20; i++)
        {
            RawBlock next = RawBlock.From(workspace, 64 * Kibi, op: "link");
            if (check) next.Fill((byte)i);
            if (i > 2)
            {
                if (check) Assert.True(a.IsFilledWith((byte)(i - 3)));
                a.Release();
            }

            (a, b, c) = (b, c, next);
        }

        if (check) Assert.True(first.IsFilledWith(201) && second.IsFilledWith(202));
    }

    private int CallsOf(int failAt, bool hasHoles)
    {
        var files = new FaultyFiles { FailAt = failAt, HasHoles = hasHoles };
        using var manager = new WorkspaceManager { Files = files };
        using Workspace workspace = manager.Lease(Configuration(128 * Kibi, 64 * Kibi));
        for (int i = 0; i < 4; i++)
        {
            using Pass pass = workspace.Enter();
            try
            {
                SpillBooks.AssertKept(SpillBooks.Fill(workspace, 100 * Kibi, 100 * Kibi, 10 * Kibi, 200 * Kibi));
            }
            catch (OutOfWorkspaceException) when (files.Calls >= failAt)
            {
                Assert.NotEqual(0, failAt);
            }

            SpillBooks.Check(workspace);
        }

        int calls = files.Calls;
        using (workspace.Enter()) SpillBooks.AssertKept(SpillBooks.Fill(workspace, 100 * Kibi, 300 * Kibi));
        workspace.Trim();
        SpillBooks.Check(workspace);
        return calls;
    }

    private WorkspaceConfiguration Configuration(long cap, long granule) =>
        new() { Name = "step", MaxSize = cap, TempBlockSize = granule, TempFilePath = _folder.Path };

    private Workspace Lease(long cap, long granule = 64 * Kibi) => _manager.Lease(Configuration(cap, granule));
}
