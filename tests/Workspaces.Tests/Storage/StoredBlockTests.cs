using Workspaces.Memory;
using Workspaces.Memory.Storage;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Workspaces.Tests.Memory;
using Workspaces.Tests.Planned;
using Workspaces.Tests.Spill;

namespace Workspaces.Tests.Storage;

/// <summary><c>PolicyLocation: Mmap</c>: arenas in files that learn as others do, and blocks that persist.</summary>
[Collection(nameof(AloneCollection))]
public sealed class StoredBlockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public StoredBlockTests() => _path = Path.Combine(_folder.Path, "table.ws");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Blocks_and_tensors_are_there_again_with_their_bytes_in_the_next_session()
    {
        Session(workspace =>
        {
            Assert.Empty(workspace.StoredBlocks);
            Block bytes = workspace.OpenStored("bytes", 1001);
            Assert.True(bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0, "new ones are zeros");
            bytes.AsSpan().Fill(42);
            Tensor table = workspace.OpenStored("table", DType.F64, 30, 40);
            table.CopyFrom(Enumerable.Range(0, 1200).Select(static i => (double)i).ToArray());
            Tensor elsewhere = Tensor.Ones([5]); // in the outer pass: dies with the lease
            Assert.Equal(5, elsewhere.Sum().Item());
        });
        for (int i = 0; i < 3; i++)
        {
            Session(workspace =>
            {
                Assert.Equal([new("bytes", 0, 1001), new("table", 1024, 9600)], workspace.StoredBlocks);
                Assert.True(workspace.OpenStored("bytes", 1001).AsSpan().IndexOfAnyExcept((byte)42) < 0);
                Tensor table = workspace.OpenStored("table", DType.F64, 30, 40);
                Assert.Equal(719400, table.Sum().Item<double>());
            });
        }

        Assert.Equal(StoreHeader.Bytes + 1024 + 9600, new FileInfo(_path).Length);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path)); // arenas of passes lie in files without a name
        File.Delete(_path); // nobody has it open
    }

    [Fact]
    public void Passes_of_a_mapped_workspace_learn_and_run_planned_without_garbage()
    {
        using var planned = new PlannedWorkspace(change: configuration => configuration with { PolicyLocation = LocationPolicy.Mmap, TempFilePath = _path });
        planned.Plan(() => SpillBooks.AssertKept(SpillBooks.Fill(planned.Workspace, 100_000, 5000, 300_000)));
        long calls = planned.Workspace.SystemCalls;
        Garbage.AssertNone(50, () =>
        {
            using Pass pass = planned.Workspace.Enter();
            RawBlock.From(planned.Workspace, 100_000, op: "block 0");
        });
        Assert.Equal(calls, planned.Workspace.SystemCalls);
    }

    [Fact]
    public void Stored_blocks_live_beside_passes_and_are_counted_as_external()
    {
        Session(workspace =>
        {
            Block kept = workspace.OpenStored("kept", 100_000);
            kept.AsSpan().Fill(1);
            Assert.True(workspace.Memory.External >= 100_000);
            for (int i = 0; i < 5; i++)
            {
                using Pass pass = workspace.Enter();
                SpillBooks.AssertKept(SpillBooks.Fill(workspace, 50_000, 70_000));
            }

            Assert.True(kept.AsSpan().IndexOfAnyExcept((byte)1) < 0);
            kept.Dispose(); // ends the handle, not the bytes
            Assert.True(workspace.OpenStored("kept", 100_000).AsSpan().IndexOfAnyExcept((byte)1) < 0);
            SpillBooks.Check(workspace);
        });
    }

    [Fact]
    public void A_handle_is_stale_when_the_lease_has_ended()
    {
        Block kept = default;
        Session(workspace => kept = workspace.OpenStored("kept", 10));
        Assert.Throws<StaleAccessException>(() => kept.AsSpan());
    }

    [Fact]
    public void What_was_flushed_is_there_after_a_session_that_never_ended()
    {
        string copy = _path + ".copy";
        using (var manager = new WorkspaceManager { Files = new FaultyFiles { SharesFiles = true } })
        using (Workspace workspace = manager.Lease(Configuration()))
        {
            Block block = workspace.OpenStored("a", 100);
            block.AsSpan().Fill(7);
            workspace.Flush();
            using (FileStream open = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            using (FileStream crashed = File.Create(copy))
            {
                open.CopyTo(crashed);
            }

            block.AsSpan().Fill(8);
        }

        Session(workspace => Assert.True(workspace.OpenStored("a", 100).AsSpan().IndexOfAnyExcept((byte)7) < 0), copy);
    }

    [Fact]
    public void Bytes_that_changed_after_the_last_commit_are_refused_and_the_others_are_not()
    {
        Session(workspace =>
        {
            workspace.OpenStored("a", 100).AsSpan().Fill(7);
            workspace.OpenStored("b", 100).AsSpan().Fill(8);
        });
        Overwrite(StoreHeader.Bytes + 50, 1);
        Session(workspace =>
        {
            var error = Assert.Throws<WorkspaceException>(() => workspace.OpenStored("a", 100));
            Assert.Contains("checksum", error.Numbers, StringComparison.Ordinal);
            Assert.Contains("RemoveStored", error.Remedy, StringComparison.Ordinal);
            Assert.True(workspace.OpenStored("b", 100).AsSpan().IndexOfAnyExcept((byte)8) < 0);
            Assert.True(workspace.RemoveStored("a"));
            Assert.False(workspace.RemoveStored("a"));
            Assert.True(workspace.OpenStored("a", 100).AsSpan().IndexOfAnyExcept((byte)0) < 0);
        });
    }

    [Theory]
    [InlineData(0, "mark")] // magic
    [InlineData(8, "version")]
    [InlineData(12, "checksum")]
    [InlineData(24, "checksum")]
    [InlineData(45, "checksum")] // a name
    public void A_damaged_header_is_refused_and_the_file_left_alone(int at, string why)
    {
        Session(workspace => workspace.OpenStored("block", 100).AsSpan().Fill(7));
        Overwrite(at, 0xEE);
        AssertRefused(why);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(StoreHeader.Bytes - 1)]
    [InlineData(StoreHeader.Bytes + 100)]
    public void A_truncated_file_is_refused(int length)
    {
        Session(workspace => workspace.OpenStored("block", 5000).AsSpan().Fill(7));
        using (FileStream file = File.OpenWrite(_path)) file.SetLength(length);
        AssertRefused("cut off");
    }

    [Fact]
    public void Any_byte_of_the_header_that_is_wrong_is_noticed()
    {
        Session(workspace => workspace.OpenStored("block", 100).AsSpan().Fill(7));
        byte[] good = File.ReadAllBytes(_path);
        int used = BitConverter.ToInt32(good, 16);
        for (int at = 0; at < used; at++)
        {
            byte[] header = good[..StoreHeader.Bytes];
            header[at] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => StoreHeader.Read(header, good.Length, out _));
        }
    }

    [Fact]
    public void The_file_belongs_to_one_lease_and_one_process_at_a_time()
    {
        using var manager = new WorkspaceManager();
        using var other = new WorkspaceManager();
        using (Workspace first = manager.Lease(Configuration()))
        {
            Assert.Throws<WorkspaceException>(() => other.Lease(Configuration()));
            using Workspace second = manager.Lease(Configuration()); // of the same name: its passes run
            using (second.Enter()) SpillBooks.Fill(second, 1000);
            var error = Assert.Throws<WorkspaceException>(() => second.OpenStored("a", 1));
            Assert.Contains("another lease", error.Numbers, StringComparison.Ordinal);
            Assert.True(first.OpenStored("a", 1).IsAlive);
        }

        using Workspace later = other.Lease(Configuration());
        Assert.Single(later.StoredBlocks);
    }

    [Fact]
    public void A_full_disk_is_an_error_and_what_is_stored_stays()
    {
        var files = new FaultyFiles();
        using (var manager = new WorkspaceManager { Files = files })
        using (Workspace workspace = manager.Lease(Configuration()))
        {
            workspace.OpenStored("a", 1000).AsSpan().Fill(1);
            files.Capacity = 0;
            var error = Assert.Throws<OutOfWorkspaceException>(() => workspace.OpenStored("b", 10 << 20));
            Assert.Contains(_path, error.Numbers, StringComparison.Ordinal);
            Assert.Contains("error 28", error.Numbers, StringComparison.Ordinal);
        }

        Session(workspace => Assert.True(workspace.OpenStored("a", 1000).AsSpan().IndexOfAnyExcept((byte)1) < 0));
    }

    [Fact]
    public void Each_call_to_the_system_may_fail_and_a_later_session_finds_what_was_committed()
    {
        Session(workspace => workspace.OpenStored("a", 1000).AsSpan().Fill(1));
        byte[] committed = File.ReadAllBytes(_path);
        int calls = Faulty(0);
        for (int n = 1; n <= calls; n++)
        {
            File.WriteAllBytes(_path, committed);
            Faulty(n);
            Session(workspace => Assert.True(workspace.OpenStored("a", 1000).AsSpan().IndexOfAnyExcept((byte)1) < 0));
        }
    }

    [Fact]
    public void Names_and_sizes_are_checked()
    {
        Session(workspace =>
        {
            workspace.OpenStored("a", 100);
            Assert.Contains("100 bytes", Assert.Throws<WorkspaceException>(() => workspace.OpenStored("a", 101)).Numbers, StringComparison.Ordinal);
            Assert.Throws<WorkspaceException>(() => workspace.OpenStored("", 1));
            Assert.Throws<WorkspaceException>(() => workspace.OpenStored(new string('x', 2000), 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => workspace.OpenStored("b", -1));
            Assert.Throws<OutOfWorkspaceException>(() => workspace.OpenStored("c", 1L << 45));
            Assert.Equal(0, workspace.OpenStored("empty", 0).Length);
            Assert.NotEqual(workspace.OpenStored("A", 1).Generation, workspace.OpenStored("a", 100).Generation);
        });
        using var manager = new WorkspaceManager();
        using Workspace ram = manager.Lease(new() { Name = "ram" });
        Assert.Contains("PolicyLocation", Assert.Throws<WorkspaceException>(() => ram.OpenStored("a", 1)).Message, StringComparison.Ordinal);
        Assert.Empty(ram.StoredBlocks);
    }

    [Fact]
    public void A_name_that_would_come_back_as_another_one_is_refused()
    {
        Session(workspace =>
        {
            Assert.Throws<WorkspaceException>(() => workspace.OpenStored("half \uD800", 10));
            workspace.OpenStored("whole \uD83D\uDE00", 10).AsSpan().Fill(3);
        });
        Session(workspace => Assert.True(workspace.OpenStored("whole \uD83D\uDE00", 10).AsSpan().IndexOfAnyExcept((byte)3) < 0));
    }

    [Fact]
    public void Removed_blocks_make_room_for_new_ones()
    {
        Session(workspace =>
        {
            foreach (string name in (string[])["a", "b", "c"]) workspace.OpenStored(name, 1 << 20);
            workspace.RemoveStored("b");
            workspace.OpenStored("small", 1000);
            workspace.OpenStored("d", 1 << 20);
        });
        Session(workspace => Assert.Equal(["a", "small", "c", "d"], workspace.StoredBlocks.Select(static block => block.Name)));
    }

    [Fact]
    public void A_path_of_more_than_a_hundred_characters_and_a_capped_workspace_that_spills_are_fine()
    {
        string longer = Path.Combine(_folder.Path, new string('n', 120) + ".ws");
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(Configuration(longer) with { MaxSize = 100_000 });
        using Pass pass = workspace.Enter();
        SpillBooks.AssertKept(SpillBooks.Fill(workspace, 90_000, 90_000));
        Assert.True(File.Exists(longer));
    }

    private int Faulty(int failAt)
    {
        var files = new FaultyFiles { FailAt = failAt };
        using var manager = new WorkspaceManager { Files = files };
        try
        {
            using Workspace workspace = manager.Lease(Configuration());
            using Pass pass = workspace.Enter();
            SpillBooks.Fill(workspace, 1000);
            workspace.OpenStored("b", 100_000).AsSpan().Fill(2);
            workspace.Flush();
        }
        catch (WorkspaceException) when (failAt > 0)
        {
        }

        return files.Calls;
    }

    private void AssertRefused(string why)
    {
        byte[] before = File.ReadAllBytes(_path);
        using var manager = new WorkspaceManager();
        var error = Assert.Throws<WorkspaceException>(() => manager.Lease(Configuration()));
        Assert.Contains(_path, error.Asked, StringComparison.Ordinal);
        Assert.Contains("'table'", error.By, StringComparison.Ordinal);
        Assert.Contains(why, error.Numbers, StringComparison.Ordinal);
        Assert.Contains("copy", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_path));
    }

    private void Overwrite(int at, byte value)
    {
        using FileStream file = File.OpenWrite(_path);
        file.Position = at;
        file.WriteByte(value);
    }

    private void Session(Action<Workspace> work, string? path = null)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(Configuration(path));
        work(workspace);
    }

    private WorkspaceConfiguration Configuration(string? path = null) =>
        new() { Name = "table", PolicyLocation = LocationPolicy.Mmap, TempFilePath = path ?? _path };
}
