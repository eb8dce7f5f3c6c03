using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

/// <summary>Headers serve many tensors, pass after pass; none may show what the one before was.</summary>
public sealed class TensorHeaderTests : IDisposable
{
    private const int Tensors = 24;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public TensorHeaderTests() => _workspace = _manager.Lease(new() { Name = "step" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_plain_tensor_inherits_nothing_of_a_named_leaf_a_view_or_a_result()
    {
        HashSet<TensorHeader> before = InOnePass(static () =>
        {
            Tensor leaf = Tensor.Ones([4]).Named("old").RequireGrad(), view = leaf.Reshape(2, 2).Named("view"), result = (view * 2).Named("result");
            return [leaf, view, result];
        });
        Tensor leaf = Tensor.Ones([1]).RequireGrad();
        HashSet<TensorHeader> after = InOnePass(() =>
        {
            Tensor tensor = Tensor.Zeros([3], DType.F64);
            Assert.Equal((false, false, (string?)null, 0), (tensor.IsView, tensor.RequiresGrad, tensor.Name, tensor.Version));
            Assert.Equal((DType.F64, new Shape(3)), (tensor.DType, tensor.Shape));
            Assert.Equal([0.0, 0, 0], tensor.ToArray<double>());
            return [tensor];
        });
        Assert.True(leaf.IsAlive);
        Assert.NotEmpty(before.Intersect(after));
    }

    [Fact]
    public void A_view_of_a_released_tensor_is_stale_although_the_header_has_served_a_view_of_the_tape()
    {
        Tensor weight = Tensor.Full([4], 2).RequireGrad();
        using (_workspace.Enter())
        {
            for (int i = 0; i < Tensors; i++)
            {
                Tensor h = weight * 2, y = (h * h).Sum();
                h.Dispose(); // the tape opens it through its hold
                y.Backward();
            }
        }

        using Pass pass = _workspace.Enter();
        for (int i = 0; i < 8 * Tensors; i++)
        {
            Tensor plain = Tensor.Ones([4]), held = plain * weight, view = plain.Reshape(2, 2);
            plain.Dispose();
            Assert.True(held.RequiresGrad);
            Assert.False(view.IsAlive);
            Assert.Throws<StaleAccessException>(() => view.ToArray<float>());
        }
    }

    [Fact]
    public void A_gradient_is_right_although_the_header_has_served_what_a_span_was_watched_of()
    {
        Tensor weight = Tensor.Full([4], 2).RequireGrad();
        using (_workspace.Enter())
        {
            for (int i = 0; i < Tensors; i++)
            {
                Tensor data = Tensor.Full([4], i);
                _ = data * weight;
                data.AsSpan<float>().Fill(-1);
            }
        }

        for (int pass = 0; pass < 2; pass++)
        {
            using Pass open = _workspace.Enter();
            for (int i = 0; i < Tensors; i++)
            {
                Tensor data = Tensor.Full([4], 3), first = data * weight, second = data * weight;
                (first + second).Sum().Backward();
                Assert.Equal([6f, 6, 6, 6], weight.Grad!.Value.ToArray<float>());
                weight.Grad!.Value.FillInPlace(0);
            }
        }
    }

    [Fact]
    public void A_view_dies_with_the_pass_of_its_base_and_with_its_own()
    {
        Tensor deep, ofInner;
        using Pass outer = _workspace.Enter();
        Tensor x = Tensor.Arange(0, 6);
        using (_workspace.Enter())
        {
            deep = x.Reshape(2, 3);
            ofInner = deep.Select(0, 1);
            Assert.Equal([3f, 4, 5], ofInner.ToArray<float>());
            Assert.True(deep.IsAlive && ofInner.IsAlive);
        }

        Assert.Equal((true, false, false), (x.IsAlive, deep.IsAlive, ofInner.IsAlive));
        foreach (Tensor stale in (Tensor[])[deep, ofInner])
            Assert.Contains("has ended", Assert.Throws<StaleAccessException>(() => stale.Shape).Message, StringComparison.Ordinal);
    }

    private HashSet<TensorHeader> InOnePass(Func<Tensor[]> make)
    {
        using Pass pass = _workspace.Enter();
        var headers = new HashSet<TensorHeader>();
        for (int i = 0; i < Tensors; i++) headers.UnionWith(make().Select(static tensor => tensor.HeaderOrNull!));
        return headers;
    }
}
