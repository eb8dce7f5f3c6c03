using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>Gradients of gradients are refused, whichever way they are asked for.</summary>
public sealed class SecondOrderTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());
    private readonly Tensor _x = Tensor.From<float>([1, 2]).RequireGrad();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Recording_backward_is_refused()
    {
        Tensor loss = _x.Square().Sum();
        AssertFourParts(Assert.Throws<NotSupportedException>(() => loss.Backward(createGraph: true)));
        Assert.Null(_x.Grad);
        loss.Backward();
        Assert.Equal([2, 4], _x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_gradient_is_no_leaf_and_no_root()
    {
        _x.Square().Sum().Backward();
        Tensor gradient = _x.Grad!.Value;
        AssertFourParts(Assert.Throws<NotSupportedException>(() => gradient.RequireGrad()));
        AssertFourParts(Assert.Throws<NotSupportedException>(() => gradient.Backward(Tensor.Ones([2]))));
        AssertFourParts(Assert.Throws<NotSupportedException>(() => gradient.Slice(0, 0, 1).Backward()));
        using var parameter = new Parameter(new Shape(2));
        (parameter.Value * 2).Sum().Backward();
        AssertFourParts(Assert.Throws<NotSupportedException>(() => parameter.Grad!.Value.RequireGrad()));
    }

    [Fact]
    public void What_is_computed_from_gradients_says_that_they_are_constants()
    {
        _x.Square().Sum().Backward();
        Tensor penalty = _x.Grad!.Value.Square().Sum();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => penalty.Backward());
        Assert.Contains("a gradient itself never does", error.Message, StringComparison.Ordinal);
        Tensor copy = _x.Grad!.Value.Copy().RequireGrad();
        copy.Sum().Backward();
        Assert.Equal([1, 1], copy.Grad!.Value.ToArray<float>());
    }

    private static void AssertFourParts(Exception error)
    {
        Assert.StartsWith("Cannot ", error.Message, StringComparison.Ordinal);
        Assert.Contains("asked by", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
    }
}
