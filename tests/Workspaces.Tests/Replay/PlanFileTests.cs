using System.Diagnostics;
using System.Text.Json.Nodes;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Memory;
using Xunit;

namespace Workspaces.Tests.Replay;

/// <summary>Plans that are saved by one run and loaded by another.</summary>
public sealed class PlanFileTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"plans-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_first_pass_of_a_run_that_loads_plans_is_planned()
    {
        long peak = Save();
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "served" });
        Assert.Equal(2, workspace.LoadPlans(_file));
        Run(workspace, 1);
        Assert.Equal(WorkspaceState.Planned, workspace.State);
        Run(workspace, 2);
        Assert.Equal(0, workspace.Deviations);
        Assert.Equal(peak, workspace.PlannedPeakBytes);
        Assert.Equal(0, workspace.LearningPeakBytes);
    }

    [Fact]
    public void Saving_what_was_loaded_gives_the_same_file()
    {
        Save();
        string first = File.ReadAllText(_file);
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "served" });
        workspace.LoadPlans(_file);
        Assert.Equal(2, workspace.SavePlans(_file));
        Assert.Equal(first, File.ReadAllText(_file));
    }

    [Theory]
    [InlineData("version", "7", "version 7")]
    [InlineData("lifetimes", "\"LastUse\"", "Lifetimes = LastUse")]
    [InlineData("plans", "3", "property 'plans' of the file is of kind Number, and Array is expected. Remedy")]
    [InlineData("plans.0", "3", "plan 1 is of kind Number")]
    [InlineData("plans.1.keys", null, "plan 2 has no property 'keys'. Remedy")]
    [InlineData("plans.1.planner", null, "plan 2 has no property 'planner'")]
    [InlineData("plans.0.keys.0", "\"a\"", "another kind")]
    [InlineData("plans.0.traceHash", "\"12\"", "hash 12")]
    [InlineData("plans.1.keys.0", "17", "hash")]
    [InlineData("plans.0.alignment", "32", "aligned to 32")]
    [InlineData("plans.0.ends.0", "0", "request 0")]
    [InlineData("plans.0.ends.1", "99", "request 1")]
    [InlineData("plans.0.uses.2", "-1", "request 2")]
    [InlineData("plans.0.peak", "64", "not valid")]
    [InlineData("plans.0.offsets.0", "-64", "not valid")]
    [InlineData("plans.0.offsets.1", "0", "not valid")]
    [InlineData("plans.0.offsets", "[]", "0 offsets")]
    [InlineData("plans.0.offsets.0", "1e300", "another kind")]
    public void A_file_that_does_not_match_is_reported_once_and_passes_are_learned_again(string path, string? value, string told)
    {
        Save();
        JsonNode root = JsonNode.Parse(File.ReadAllText(_file))!;
        string[] parts = path.Split('.');
        JsonNode at = root;
        foreach (string part in parts[..^1]) at = int.TryParse(part, out int index) ? at[index]! : at[part]!;
        if (value is null) Assert.True(at.AsObject().Remove(parts[^1]));
        else if (int.TryParse(parts[^1], out int last)) at[last] = JsonNode.Parse(value);
        else at[parts[^1]] = JsonNode.Parse(value);
        File.WriteAllText(_file, root.ToJsonString());
        ExpectRefused(told);
    }

    [Fact]
    public void A_truncated_file_is_answered_with_its_line()
    {
        Save();
        string text = File.ReadAllText(_file);
        File.WriteAllText(_file, text[..^20]);
        ExpectRefused("line 2");
        File.WriteAllText(_file, "");
        ExpectRefused("0 bytes");
        File.WriteAllText(_file, "{]");
        Assert.DoesNotContain("LineNumber", ExpectRefused("line 1, byte 2: "), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_never_replaced_by_a_file_of_plans()
    {
        Directory.CreateDirectory(_file);
        try
        {
            IOException error = ExpectNotSaved(_file);
            Assert.Contains("it is a folder", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(_file);
        }
    }

    [Fact]
    public void A_pipe_is_never_replaced_by_a_file_of_plans()
    {
        if (!OperatingSystem.IsLinux()) return;
        string pipe = $"{_file}.pipe";
        using (Process made = Process.Start("mkfifo", [pipe])) made.WaitForExit();
        try
        {
            ExpectNotSaved(pipe);
            File.CreateSymbolicLink(_file, pipe);
            ExpectNotSaved(_file);
            Assert.Equal(pipe, new FileInfo(_file).LinkTarget);
        }
        finally
        {
            File.Delete(pipe);
        }
    }

    [Fact]
    public void Plans_saved_through_a_link_are_written_to_its_target()
    {
        if (OperatingSystem.IsWindows()) return; // links need a privilege there
        string target = $"{_file}.target";
        File.CreateSymbolicLink(_file, target);
        try
        {
            Save();
            long bytes = new FileInfo(target).Length;
            Save();
            Assert.Equal(bytes, new FileInfo(target).Length);
            Assert.Equal(target, new FileInfo(_file).LinkTarget);
        }
        finally
        {
            File.Delete(target);
        }
    }

    [Fact]
    public void Many_may_save_to_one_path_at_once()
    {
        Parallel.For(0, 8, _ => Save());
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "served" });
        Assert.Equal(2, workspace.LoadPlans(_file));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_file)!, $"{Path.GetFileName(_file)}.*.tmp"));
    }

    [Fact]
    public void Plans_are_neither_saved_nor_loaded_after_the_lease()
    {
        Save();
        using var manager = new WorkspaceManager();
        Workspace workspace = manager.Lease(new() { Name = "served" });
        workspace.Dispose();
        Assert.Throws<ObjectDisposedException>(() => workspace.SavePlans(_file));
        Assert.Throws<ObjectDisposedException>(() => workspace.LoadPlans(_file));
    }

    [Fact]
    public void Plans_of_another_program_cost_spills_and_are_replaced()
    {
        Save();
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "served" });
        workspace.LoadPlans(_file);
        for (int pass = 0; pass < 20; pass++)
        {
            using Pass open = workspace.Enter(new PassSignature(1));
            var blocks = new List<RawBlock>();
            for (int i = 0; i < 9; i++)
            {
                blocks.Add(RawBlock.From(workspace, 100 + (i * 300)));
                blocks[i].Fill((byte)(i + 1));
            }

            for (int i = 0; i < 9; i++) Assert.True(blocks[i].IsFilledWith((byte)(i + 1)));
        }

        Assert.Equal(WorkspaceState.Planned, workspace.State);
        long before = workspace.Deviations;
        using (workspace.Enter(new PassSignature(1))) RawBlock.From(workspace, 100);
        Assert.Equal(before, workspace.Deviations);
    }

    [Fact]
    public void A_missing_file_or_folder_is_an_error_of_the_system_and_leaves_nothing_behind()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        Assert.Throws<FileNotFoundException>(() => workspace.LoadPlans(_file));
        string missing = Path.Combine(_file, "missing", "plans.json");
        Assert.DoesNotContain(".tmp", Assert.Throws<DirectoryNotFoundException>(() => workspace.SavePlans(missing)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => workspace.SavePlans(" "));
    }

    private static IOException ExpectNotSaved(string path)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "served" });
        var error = Assert.Throws<IOException>(() => workspace.SavePlans(path));
        Assert.StartsWith($"Cannot save plans to '{path}', asked by workspace 'served': ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", error.Message, StringComparison.Ordinal);
        return error;
    }

    private string ExpectRefused(string told)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "served" });
        Assert.Equal(0, workspace.LoadPlans(_file));
        Finding finding = Assert.Single(manager.Findings, finding => finding.Code == FindingCodes.PlansNotLoaded);
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Contains(told, finding.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("..", finding.Text, StringComparison.Ordinal);
        Run(workspace, 1);
        Assert.Equal(WorkspaceState.Learning, workspace.State);
        Run(workspace, 1);
        Assert.Equal(WorkspaceState.Planned, workspace.State);
        return finding.Text;
    }

    private long Save()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "served" });
        for (int pass = 0; pass < 3; pass++)
        {
            Run(workspace, 1);
            Run(workspace, 2);
        }

        Assert.Equal(2, workspace.SavePlans(_file));
        return workspace.PlannedPeakBytes;
    }

    /// <summary>Two kinds of pass that begin with requests of one kind.</summary>
    private static void Run(Workspace workspace, ulong kind)
    {
        using Pass pass = workspace.Enter(new PassSignature(kind));
        RawBlock first = RawBlock.From(workspace, 1000 * (long)kind), second = RawBlock.From(workspace, 300);
        first.Release();
        RawBlock third = RawBlock.From(workspace, 900);
        second.Release();
        if (kind == 2) RawBlock.From(workspace, 4000);
        third.Release();
    }
}
