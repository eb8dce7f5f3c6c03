using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>Gradients through graphs of every form.</summary>
public sealed class BackwardTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_tensor_used_twice_by_one_op_gets_both_shares()
    {
        Tensor x = Leaf(3, -2);
        (x + x).Sum().Backward();
        Assert.Equal([2, 2], Grad(x));
        Tensor z = Leaf(3, -2);
        (z * z).Sum().Backward();
        Assert.Equal([6, -4], Grad(z));
        Tensor w = Leaf(3, -2);
        (w - w).Sum().Backward();
        Assert.Equal([0, 0], Grad(w));
    }

    [Fact]
    public void A_shared_activation_gets_the_shares_of_all_consumers()
    {
        Tensor x = Leaf(1, 2);
        Tensor h = x * 3;
        (h + h).Sum().Add((h * h).Sum()).Add(h.Sum()).Backward();
        Assert.Equal([3 * (2 + 6 + 1), 3 * (2 + 12 + 1)], Grad(x));
    }

    [Fact]
    public void Diamonds_are_walked_once_a_node()
    {
        // 2⁴⁰ paths lead from the end to the start.
        Tensor x = Leaf(1);
        Tensor h = x;
        for (int i = 0; i < 40; i++) h = (h * 0.25) + (h * 0.75);
        h.Sum().Backward();
        Assert.Equal([1], Grad(x));
    }

    [Fact]
    public void One_gradient_buffer_shared_by_two_inputs_is_not_written_through()
    {
        // Add sends one buffer to both h and g; h gets a second share, which must not change that of g.
        Tensor x = Leaf(1), y = Leaf(1);
        Tensor h = x * 1, g = y * 1;
        Tensor late = h + g, early = h * 10;
        (late + early).Sum().Backward();
        Assert.Equal([11], Grad(x));
        Assert.Equal([1], Grad(y));
    }

    [Fact]
    public void A_chain_of_ten_thousand_ops_needs_no_stack()
    {
        Tensor x = Leaf(1);
        Tensor h = x;
        for (int i = 0; i < 10_000; i++)
        {
            Tensor next = h + 0.5;
            if (i > 0) h.Dispose();
            h = next;
        }

        h.Sum().Backward();
        Assert.Equal([1], Grad(x));
    }

    [Fact]
    public void A_retained_graph_runs_again_and_adds()
    {
        Tensor x = Leaf(2);
        Tensor loss = (x * x).Sum();
        loss.Backward(retainGraph: true);
        loss.Backward(retainGraph: true);
        loss.Backward();
        Assert.Equal([12], Grad(x));
        var error = Assert.Throws<InvalidOperationException>(() => loss.Backward());
        Assert.Contains("retainGraph", error.Message, StringComparison.Ordinal);
        Assert.Equal([12], Grad(x));
    }

    [Fact]
    public void Two_losses_accumulate()
    {
        Tensor x = Leaf(2);
        (x * 3).Sum().Backward();
        (x * 4).Sum().Backward();
        Assert.Equal([7], Grad(x));
    }

    [Fact]
    public void Backward_of_a_spent_graph_gives_the_callers_gradient_back()
    {
        Tensor x = Leaf(2, 3);
        Tensor y = x * x;
        y.Backward(Tensor.Ones([2]));
        Tensor seed = Tensor.Ones([2]);
        Assert.Throws<InvalidOperationException>(() => y.Backward(seed));
        long before = _workspace.Memory.Allocated;
        seed.Dispose();
        Assert.Equal(before - 64, _workspace.Memory.Allocated);
    }

    [Fact]
    public void An_explicit_gradient_is_used_and_left_alone()
    {
        Tensor x = Leaf(2, 3);
        Tensor seed = Tensor.From<float>([10, 100]);
        Tensor y = x * 2;
        y.Backward(seed, retainGraph: true);
        Assert.Equal([20, 200], Grad(x));
        (y + y + y).Backward(seed);
        Assert.Equal([80, 800], Grad(x));
        Assert.Equal([10f, 100], seed.ToArray<float>());
    }

    [Fact]
    public void A_wrong_seed_is_refused_before_anything_runs()
    {
        Tensor x = Leaf(2, 3);
        Tensor y = x * 2;
        Assert.Throws<ShapeException>(() => y.Backward());
        Assert.Throws<ShapeException>(() => y.Backward(Tensor.Ones([3])));
        Assert.Throws<ArgumentException>(() => y.Backward(Tensor.Ones([2], DType.F64)));
        Tensor stale = Tensor.Ones([2]);
        stale.Dispose();
        Assert.Throws<StaleAccessException>(() => y.Backward(stale));
        Assert.Throws<StaleAccessException>(() => y.Backward(default(Tensor)));
        Assert.Null(x.Grad);
        y.Backward(Tensor.Ones([2]));
        Assert.Equal([2, 2], Grad(x));
    }

    [Fact]
    public void Backward_without_a_graph_says_what_to_do()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Tensor.Ones([1]).Backward());
        Assert.Contains("RequireGrad", error.Message, StringComparison.Ordinal);
        Tensor x = Leaf(1);
        Assert.Throws<InvalidOperationException>(() => (x * 2).Detach().Backward());
    }

    [Fact]
    public void Backward_of_a_leaf_is_its_seed()
    {
        Tensor x = Leaf(5);
        x.Backward();
        x.Backward(Tensor.From<float>([3]));
        Assert.Equal([4], Grad(x));
    }

    [Fact]
    public void Detach_shares_memory_and_stops_the_gradient()
    {
        Tensor x = Leaf(2);
        Tensor h = x * 3;
        Tensor d = h.Detach();
        Assert.False(d.RequiresGrad);
        (h * d).Sum().Backward();
        Assert.Equal([18], Grad(x));
        using (Gradients.Off()) h.FillInPlace(7);
        Assert.Equal([7f], d.ToArray<float>());
    }

    [Fact]
    public void Only_leaves_of_float_type_collect_a_gradient()
    {
        Tensor x = Leaf(2);
        Assert.Throws<InvalidOperationException>(() => (x * 2).RequireGrad());
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2, 2]).Transpose().RequireGrad());
        Assert.Throws<ArgumentException>(() => Tensor.Ones([2], DType.I32).RequireGrad());
        Assert.Equal(x, x.RequireGrad());
        Tensor h = x * 2;
        h.Sum().Backward();
        Assert.Null(h.Grad);
        Assert.True(h.RequiresGrad);
        Assert.False(Tensor.Ones([2]).RequiresGrad);
    }

    [Fact]
    public void Gradients_pass_between_float_types()
    {
        Tensor x = Leaf(2), y = Tensor.From<double>([3]).RequireGrad();
        (x * y).Sum().Backward();
        Assert.Equal(DType.F32, x.Grad!.Value.DType);
        Assert.Equal([3], Grad(x));
        Assert.Equal([2.0], y.Grad!.Value.ToArray<double>());
    }

    [Fact]
    public void A_named_leaf_is_named_in_errors()
    {
        Tensor x = Leaf(1, 2).Named("features");
        var error = Assert.Throws<InvalidOperationException>(() => x.AddInPlace(1));
        Assert.Contains("'features'", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Leaf(params float[] values) => Tensor.From<float>(values).RequireGrad();

    private static float[] Grad(Tensor leaf) => Assert.NotNull(leaf.Grad).ToArray<float>();
}
