using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Parity;

/// <summary>Workspaces inside workspaces: who is charged, what is ambient, and what comes back.</summary>
public sealed class NestingParityTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Each_of_nested_workspaces_counts_its_own_tensors_only(int depth)
    {
        var open = new Stack<Workspace>();
        for (int level = 1; level <= depth; level++)
        {
            open.Push(_manager.Lease(new() { Name = $"level {level}" }));
            Tensor x = Tensor.Ones([16 * level]);
            Assert.Same(open.Peek(), x.Workspace);
        }

        int left = depth;
        while (open.TryPop(out Workspace? inner))
        {
            Assert.Equal(64 * left, inner.Memory.Allocated);
            Assert.Equal(64 * left * (left + 1) / 2, _manager.Memory.Allocated);
            inner.Dispose();
            left--;
            if (open.Count == 0) break;
            using Tensor y = Tensor.Ones([16]);
            Assert.Same(open.Peek(), y.Workspace);
            Assert.Equal((64 * left) + 64, open.Peek().Memory.Allocated);
        }

        Assert.Null(Ambient.Current);
        Assert.Equal(0, _manager.Memory.Allocated);
    }

    [Theory]
    [InlineData(true, 100)]
    [InlineData(false, 10)]
    public void Inner_workspaces_one_after_the_other_leave_the_outer_one_alone(bool sameName, int rounds)
    {
        using Workspace outer = _manager.Lease(new() { Name = "outer" });
        Tensor kept = Tensor.Full([100], 4);
        long before = outer.Memory.Allocated;
        for (int i = 0; i < rounds; i++)
        {
            using Workspace inner = _manager.Lease(new() { Name = sameName ? "inner" : $"inner {i}" });
            using Tensor x = Tensor.Full([50], i), y = Tensor.Full([70], i);
            Assert.Equal((256L + 320, before), (inner.Memory.Allocated, outer.Memory.Allocated));
        }

        Assert.Same(outer, Ambient.Current!.Workspace);
        Assert.Equal(400, kept.Sum().Item());
    }

    [Fact]
    public void An_outer_workspace_can_be_asked_for_memory_from_inside_an_inner_one()
    {
        using Workspace outer = _manager.Lease(new() { Name = "outer" });
        Tensor result;
        using (Workspace inner = _manager.Lease(new() { Name = "inner" }))
        {
            result = outer.MemoryManager.Allocate(DType.F32, 16);
            Assert.Equal((0L, 64L), (inner.Memory.Allocated, outer.Memory.Allocated));
            Tensor here = Tensor.Full([16], 3);
            Assert.Same(inner, here.Workspace);
            here.CopyTo(result);
            using (outer.Enter())
            {
                Tensor borrowed = Tensor.Ones([16]);
                Assert.Equal((64L, 128L), (inner.Memory.Allocated, outer.Memory.Allocated));
                Assert.Same(outer, borrowed.Workspace);
            }

            Assert.Same(inner, Tensor.Ones([1]).Workspace);
        }

        Assert.Equal(48, result.Sum().Item());
    }

    [Fact]
    public void What_was_ambient_before_comes_back_in_any_order_of_opening()
    {
        string?[] Ambients() => [Ambient.Current?.Workspace?.Name];
        var seen = new List<string?>();
        void Look() => seen.AddRange(Ambients());
        Workspace outer = _manager.Lease(new() { Name = "outer" });
        Look();
        using (ExecutionContext.SuppressFlow()) Tests.Memory.Outside.Run(Look); // a thread that inherits nothing
        Workspace inner = _manager.Lease(new() { Name = "inner" });
        Look();
        using (outer.Enter()) Look();
        using (outer.Enter())
        using (inner.Enter())
        {
            Look();
        }

        Look();
        inner.Dispose();
        Look();
        outer.Dispose();
        Look();
        Assert.Equal(["outer", null, "inner", "outer", "inner", "inner", "outer", null], seen);
    }

    [Fact]
    public void A_tensor_knows_its_workspace_while_it_is_spilled_and_none_outside()
    {
        using (Workspace workspace = _manager.Lease(new() { Name = "capped", MaxSize = 1 << 20 }))
        using (workspace.Enter())
        {
            Tensor small = Tensor.Ones([10]), large = Tensor.Ones([1 << 19]);
            Assert.True(workspace.Memory.External >= 2 << 20);
            Assert.Same(workspace, small.Workspace);
            Assert.Same(workspace, large.Workspace);
            Assert.Equal(1 << 19, large.Sum().Item());
        }

        using Tensor outside = Tensor.Ones([10]);
        Assert.Null(outside.Workspace);
    }

    [Fact]
    public void A_second_close_neither_counts_a_pass_nor_changes_what_is_ambient()
    {
        using Workspace outer = _manager.Lease(new() { Name = "outer" });
        using Workspace inner = _manager.Lease(new() { Name = "inner" });
        Pass closed = inner.Enter();
        closed.Dispose();
        using Pass open = outer.Enter();
        long passes = inner.PassCount;
        closed.Dispose();
        closed.Dispose();
        Assert.Equal(passes, inner.PassCount);
        Assert.Same(outer, Ambient.Current!.Workspace);
        Assert.True(open.IsOpen);
    }

    [Fact]
    public void Reentering_the_outer_of_two_workspaces_overwrites_nothing()
    {
        using Workspace outer = _manager.Lease(new() { Name = "a" });
        Tensor first = Tensor.Full([1000], 1);
        using (Workspace inner = _manager.Lease(new() { Name = "b" }))
        {
            Tensor second = Tensor.Full([1000], 2);
            using (outer.Enter())
            {
                Tensor third = Tensor.Full([1000], 3);
                Assert.Equal((1000f, 2000f, 3000f), (first.Sum().Item(), second.Sum().Item(), third.Sum().Item()));
            }

            Assert.Same(inner, Ambient.Current!.Workspace);
        }

        Assert.Equal(1000, first.Sum().Item());
        outer.Dispose();
        Assert.Null(Ambient.Current);
    }
}
