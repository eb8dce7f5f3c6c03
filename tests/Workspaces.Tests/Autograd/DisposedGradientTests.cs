using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>Gradients of parameters that their user has disposed, and holds that a rewind must not lose.</summary>
public sealed class DisposedGradientTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Parameter _weight;

    public DisposedGradientTests() => _weight = new Parameter(new Shape(3, 4), name: "weight", manager: _manager);

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_gradient_that_its_user_disposes_or_moves_away_leaves_the_books()
    {
        using Workspace workspace = _manager.Lease(new());
        for (int i = 0; i < 4; i++)
        {
            using Pass pass = workspace.Enter();
            (_weight.Value * 2).Sum().Backward();
            Assert.Equal(64, _manager.Persistent.GradientBytes);
            Tensor gradient = _weight.Grad!.Value;
            if (i % 2 == 0) gradient.Dispose();
            else gradient.MoveTo(pass);
            Assert.Equal(0, _manager.Persistent.GradientBytes);
            Assert.Null(_weight.Grad);
        }
    }

    [Fact]
    public void What_the_tape_has_saved_of_a_disposed_gradient_is_never_silently_another_one()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Ones([3, 4]).RequireGrad();
        (_weight.Value * 2).Sum().Backward();
        Tensor y = x * _weight.Grad!.Value;
        _weight.Grad!.Value.Dispose();
        (_weight.Value * 3).Sum().Backward(); // the new gradient lies where the old one does
        var error = Assert.Throws<InvalidOperationException>(() => y.Sum().Backward());
        Assert.Contains("Multiply", error.Message, StringComparison.Ordinal);
        Assert.Equal(3f, _weight.Grad!.Value.Mean().Item());
    }

    [Fact]
    public void A_rewind_over_saved_views_whose_headers_serve_others_then_loses_no_hold()
    {
        using Workspace workspace = _manager.Lease(new());
        using (Pass pass = workspace.Enter())
        {
            PassMark mark = pass.Mark();
            Tensor y = _weight.Value.Transpose().MatMul(_weight.Value.Slice(1, 0, 2));
            Assert.True(y.RequiresGrad);
            pass.Rewind(mark);
            for (int i = 0; i < 16; i++) _ = Tensor.Ones([2]);
        }

        _weight.Dispose();
        Assert.Equal(0, _manager.Persistent.ParameterBytes);
    }
}
