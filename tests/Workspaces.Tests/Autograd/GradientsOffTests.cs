using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

public sealed class GradientsOffTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());
    private readonly Tensor _x = Tensor.Ones([2]).RequireGrad();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Scopes_nest()
    {
        using (Gradients.Off())
        {
            using (Gradients.Off()) Assert.False(Records());
            Assert.False(Records());
        }

        Assert.True(Records());
    }

    [Fact]
    public void Passes_inside_record_nothing_and_those_after_do()
    {
        using (Gradients.Off())
        using (_workspace.Enter())
        {
            Assert.False(Records());
            using (_workspace.Enter()) Assert.False(Records());
        }

        using (_workspace.Enter()) Assert.True(Records());
    }

    [Fact]
    public void A_scope_that_was_never_closed_ends_with_its_pass()
    {
        using (_workspace.Enter()) Gradients.Off();
        using (_workspace.Enter()) Assert.True(Records());
        Assert.True(Records());
    }

    [Fact]
    public async Task A_scope_holds_across_await()
    {
        using (Gradients.Off())
        {
            await Task.Yield();
            Assert.False(Records());
            Assert.False(await Task.Run(Records));
        }

        await Task.Yield();
        Assert.True(Records());
    }

    [Fact]
    public void Outside_every_workspace_it_belongs_to_the_thread()
    {
        _workspace.Dispose();
        using Tensor leaf = Tensor.Ones([1]).RequireGrad();
        using (Gradients.Off())
        {
            using Tensor off = leaf * 2;
            Assert.False(off.RequiresGrad);
        }

        using Tensor on = leaf * 2;
        Assert.True(on.RequiresGrad);
    }

    private bool Records() => (_x * 2).RequiresGrad;
}
