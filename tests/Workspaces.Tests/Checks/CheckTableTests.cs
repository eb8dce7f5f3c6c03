using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Tests.Checks;

/// <summary>Every way to reach data, in every mode, over every way to be stale.</summary>
public sealed class CheckTableTests
{
    public static TheoryData<CheckMode, string> Table
    {
        get
        {
            var data = new TheoryData<CheckMode, string>();
            foreach (CheckMode checks in Enum.GetValues<CheckMode>())
            {
                foreach (string stale in StaleCases.Names) data.Add(checks, stale);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void A_stale_tensor_throws_whatever_is_done_with_it_unless_checks_are_off(CheckMode checks, string stale)
    {
        foreach ((string name, Action<Tensor> reach) in Reaches.OfHandle)
            StaleCases.Run(stale, checks, static _ => { }, tensor => AssertRefused(checks, name, () => reach(tensor)));
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void What_was_taken_of_a_tensor_ends_with_it_unless_checks_are_off(CheckMode checks, string stale)
    {
        if (stale == "last use") return; // taking something keeps the tensor
        foreach ((string name, Func<Tensor, Action> take) in Reaches.TakenBefore)
        {
            Action? use = null;
            StaleCases.Run(stale, checks, tensor => use = take(tensor), _ => AssertRefused(checks, name, use!));
        }
    }

    [Theory]
    [InlineData(CheckMode.Off)]
    [InlineData(CheckMode.Span)]
    [InlineData(CheckMode.Element)]
    [InlineData(CheckMode.Protect)]
    public void A_living_tensor_can_be_reached_in_every_way(CheckMode checks)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step", Checks = checks });
        foreach ((string name, Action<Tensor> reach) in Reaches.OfHandle)
        {
            using Pass pass = workspace.Enter();
            using Tensor x = Tensor.From<float>([1, 2, 3, 4], [2, 2]);
            Exception? error = Record.Exception(() => reach(x));
            Assert.True(error is null, $"{name}: {error}");
        }
    }

    [Theory]
    [InlineData(CheckMode.Off)]
    [InlineData(CheckMode.Protect)]
    public void A_handle_whose_header_serves_another_tensor_throws_in_every_mode(CheckMode checks)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step", Checks = checks });
        Tensor kept;
        using (workspace.Enter()) kept = Tensor.Ones([4]);
        using (workspace.Enter())
        {
            using Tensor other = Tensor.Ones([2, 3]);
            var error = Assert.Throws<StaleAccessException>(() => kept.ToArray<float>());
            Assert.Contains("16 bytes made by Full", error.Message, StringComparison.Ordinal);
            Assert.Contains("born in pass 2", error.Message, StringComparison.Ordinal);
            Assert.Contains("last pass: 3", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(CheckMode.Off)]
    [InlineData(CheckMode.Span)]
    public void A_default_tensor_and_one_whose_pages_are_gone_throw_in_every_mode(CheckMode checks)
    {
        using var manager = new WorkspaceManager();
        Workspace workspace = manager.Lease(new WorkspaceConfiguration { Checks = checks }); // without a name: disposing it frees its memory
        Tensor kept = Tensor.Ones([1000]);
        Block block = workspace.OuterPass.Allocate(100);
        workspace.Dispose();
        Assert.Throws<StaleAccessException>(() => default(Tensor).ToArray<float>());
        Assert.Throws<StaleAccessException>(() => default(Tensor).Elements<float>()[0]);
        Assert.Throws<StaleAccessException>(() => default(Block).Length);
        Assert.Throws<StaleAccessException>(() => kept.ToArray<float>());
        Assert.Throws<StaleAccessException>(() => block.CopyTo(new byte[1]));
    }

    [Fact]
    public void With_checks_off_a_tensor_that_owns_its_memory_throws_when_that_is_freed()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step", Checks = CheckMode.Off, WorkspaceMode = WorkspaceMode.None });
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Ones([1000]);
        x.Dispose();
        Assert.Throws<StaleAccessException>(() => x.ToArray<float>());
    }

    private static void AssertRefused(CheckMode checks, string name, Action use)
    {
        Exception? error = Record.Exception(use);
        if (checks == CheckMode.Off) Assert.True(error is null, $"{name}: {error}");
        else Assert.True(error is StaleAccessException, $"{name}: {error?.ToString() ?? "no error"}");
    }
}
