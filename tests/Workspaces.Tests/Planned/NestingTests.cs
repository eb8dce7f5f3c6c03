using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>Workspaces within workspaces, and tensors that move between their passes, while all of them replay plans.</summary>
public sealed class NestingTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_workspace_entered_again_inside_another_nests()
    {
        using Workspace a = Lease("a"), b = Lease("b");
        Repeat([a, b], () =>
        {
            using Pass outer = a.Enter();
            Tensor x = Tensor.Full([100], 1);
            using Pass middle = b.Enter();
            Tensor y = Tensor.Full([100], 2);
            Tensor local;
            using (Pass inner = a.Enter())
            {
                local = x + y;
                Assert.Same(a, local.Workspace);
                Assert.Equal(3f, local.Mean().Item());
            }

            Assert.Throws<StaleAccessException>(() => local.Shape);
            Assert.Same(b, (x + y).Workspace);
            Assert.Equal(1f, x.Mean().Item());
        });
    }

    [Fact]
    public void Three_workspaces_and_tensors_that_move_between_them()
    {
        using Workspace a = Lease("a"), b = Lease("b"), c = Lease("c");
        Repeat([a, b, c], () =>
        {
            using Pass passA = a.Enter();
            using Pass passB = b.Enter();
            using Pass passC = c.Enter();
            Tensor x = Tensor.Arange(0, 6), view = x.Reshape(2, 3).Transpose();
            Tensor same = x.MoveTo(c);
            Assert.True(same == x);
            Tensor outer = view.MoveTo(a);
            Assert.Equal([0f, 3, 1, 4, 2, 5], outer.ToArray<float>());
            Assert.True(x.IsAlive && outer.Layout.IsContiguous);
            Tensor inner = outer.MoveTo(c);
            Assert.False(outer.IsAlive);
            Assert.Same(c, inner.Workspace);
            Tensor toB = inner.MoveTo(passB);
            Assert.Same(b, toB.Workspace);
            Tensor leaf = Tensor.Ones([4]).RequireGrad(), saved = leaf.Square(), result = saved.Square();
            Assert.Throws<InvalidOperationException>(() => saved.MoveTo(a));
            Tensor state = saved.Detach().MoveTo(a);
            result.Sum().Backward();
            Assert.Equal(4f, leaf.Grad!.Value.Mean().Item());
            passC.Dispose();
            Assert.Equal([1f, 1, 1, 1], state.ToArray<float>());
            Assert.Equal(15f, toB.Sum().Item());
        });
    }

    [Fact]
    public void Passes_disposed_out_of_order_and_twice()
    {
        using Workspace a = Lease("a"), b = Lease("b");
        Repeat([a, b], () =>
        {
            Pass passA = a.Enter(), passB = b.Enter();
            Tensor w = Tensor.Ones([32]);
            Pass inner = a.Enter();
            Tensor x = Tensor.Ones([64]);
            passB.Dispose();
            Assert.False(inner.IsOpen);
            Assert.Throws<StaleAccessException>(() => x.Shape);
            Assert.Throws<StaleAccessException>(() => w.Shape);
            inner.Dispose();
            passB.Dispose();
            Tensor y = Tensor.Full([64], 2);
            Assert.Same(a, y.Workspace);
            Assert.Equal(2f, y.Mean().Item());
            passA.Dispose();
            passA.Dispose();
            Assert.False(passA.IsOpen || y.IsAlive);
        });
    }

    private Workspace Lease(string name) => _manager.Lease(new() { Name = name });

    private static void Repeat(Workspace[] workspaces, Action body)
    {
        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) body();
        foreach (Workspace workspace in workspaces)
        {
            Assert.Equal(0, workspace.Deviations);
            Assert.Equal(0, workspace.Memory.Allocated);
            Assert.Equal(WorkspaceState.Planned, workspace.State);
        }
    }
}
