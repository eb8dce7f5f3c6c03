using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>Graphs, gradients and passes: what lives how long.</summary>
public sealed class GraphLifeTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public GraphLifeTests() => _workspace = _manager.Lease(new());

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Operands_disposed_before_Backward_are_kept_by_the_tape()
    {
        Tensor x = Leaf(1, 2);
        Tensor loss;
        using (Tensor h = x * x)
        using (Tensor e = h.Exp())
        using (Tensor m = e.Reshape(1, 2).MatMul(e.Reshape(2, 1)))
        {
            loss = m.Sum();
            Assert.Equal(Math.Exp(2) + Math.Exp(8), m.To(DType.F64).Sum().Item<double>(), 1e-2);
        }

        loss.Backward();
        float[] grad = Grad(x);
        Assert.Equal(4 * 1 * Math.Exp(2), grad[0], 1e-4);
        Assert.Equal(4 * 2 * Math.Exp(8), grad[1], 1e-1);
    }

    [Fact]
    public void A_graph_of_an_ended_pass_is_refused()
    {
        Tensor x = Leaf(1, 2), sum = Tensor.Zeros([2]), loss;
        using (_workspace.Enter())
        {
            sum.AddInPlace(x * 2);
            loss = (x * 3).Sum();
        }

        Assert.Throws<StaleAccessException>(() => loss.Backward());
        Assert.Equal([2f, 4], sum.ToArray<float>());
        Assert.Throws<StaleAccessException>(() => sum.Sum().Backward());
        Assert.Null(x.Grad);
    }

    [Fact]
    public void A_graph_of_an_ended_pass_is_refused_when_other_ops_use_its_place()
    {
        Tensor x = Leaf(1, 2), other = Leaf(5, 6), sum = Tensor.Zeros([2]);
        using (_workspace.Enter()) sum.AddInPlace(x * 2);
        using (_workspace.Enter())
        {
            Tensor decoy = other * 7;
            Tensor second = decoy * 3;
            Assert.Throws<StaleAccessException>(() => sum.Sum().Backward());
            second.Sum().Backward();
        }

        Assert.Null(x.Grad);
        Assert.Equal([21, 21], Grad(other));
    }

    [Fact]
    public void Gradients_of_outer_leaves_outlive_the_inner_pass()
    {
        Tensor x = Leaf(1, 2);
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = _workspace.Enter();
            (x * x).Sum().Backward();
        }

        Assert.Equal([6, 12], Grad(x));
    }

    [Fact]
    public void Gradients_of_parameters_outlive_the_pass()
    {
        using var p = new Parameter(new Shape(2), manager: _manager);
        p.Value.CopyFrom<float>([1, 2]);
        using (_workspace.Enter()) (p.Value * p.Value).Sum().Backward();
        Assert.Equal([2, 4], p.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_leaf_disposed_before_Backward_gets_nothing_and_harms_nobody()
    {
        Tensor x = Leaf(1, 2), y = Leaf(3, 4);
        Tensor loss = (x * y).Sum();
        x.Dispose();
        Tensor large = Tensor.Ones([100, 100]);
        loss.Backward();
        Assert.Equal([1, 2], Grad(y));
        Assert.All(large.ToArray<float>(), value => Assert.Equal(1, value));
        Tensor u = Leaf(1, 2);
        Tensor twice = (u * 2).Sum();
        u.Dispose();
        Tensor square = Tensor.Ones([100, 100]); // takes the header of the leaf
        twice.Backward();
        Assert.All(square.ToArray<float>(), value => Assert.Equal(1, value));
        Tensor s = Leaf(1, 2);
        Tensor part = s.Slice(0, 0, 1).Sum();
        s.Dispose();
        part.Backward();
        Tensor w = Leaf(1, 2), v = Leaf(1, 2);
        Tensor product = w.Reshape(1, 2).Linear(v.Reshape(1, 2));
        w.Dispose();
        Tensor.Ones([300]);
        product.Sum().Backward();
        Assert.Equal([1, 2], Grad(v));
    }

    [Fact]
    public void A_gradient_that_was_disposed_begins_anew()
    {
        Tensor x = Leaf(1, 2);
        (x * 2).Sum().Backward();
        x.Grad!.Value.Dispose();
        Assert.Null(x.Grad);
        Tensor.Full([2], 99).Dispose();
        (x * 3).Sum().Backward();
        Assert.Equal([3, 3], Grad(x));
    }

    [Fact]
    public void A_gradient_that_was_rewound_begins_anew()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Leaf(1, 2);
        PassMark mark = pass.Mark();
        (x * 2).Sum().Backward();
        pass.Rewind(mark);
        Tensor.Full([2], 99).Dispose();
        (x * 3).Sum().Backward();
        Assert.Equal([3, 3], Grad(x));
    }

    [Fact]
    public void Backward_over_rewound_values_is_refused()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Leaf(1, 2), factor = Tensor.Ones([2]), kept = x * 1;
        PassMark mark = pass.Mark();
        Tensor loss = (kept * factor.Add(1)).Sum();
        pass.Rewind(mark);
        Assert.Throws<StaleAccessException>(() => loss.Backward());
        kept.Sum().Backward();
        Assert.Equal([1, 1], Grad(x));
    }

    [Fact]
    public void An_error_on_the_way_back_leaves_a_usable_pass()
    {
        Tensor x = Leaf(1, 2), weight = Tensor.Ones([2]);
        long before = _workspace.Memory.Allocated;
        Tensor h = x * weight, e = h.Exp(), loss = e.Sum();
        weight.AddInPlace(1);
        Assert.Throws<InvalidOperationException>(() => loss.Backward());
        h.Dispose();
        e.Dispose();
        loss.Dispose();
        (x * 4).Sum().Backward();
        Assert.Equal([4, 4], Grad(x));
        using (_workspace.Enter()) (x * 5).Sum().Backward();
        Assert.Equal([9, 9], Grad(x));
        Assert.True(_workspace.Memory.Allocated >= before);
    }

    [Fact]
    public void The_walk_may_start_in_a_nested_pass()
    {
        Tensor x = Leaf(1, 2);
        Tensor loss = (x * x).Sum();
        using (_workspace.Enter()) loss.Backward();
        Assert.Equal([2, 4], Grad(x));
    }

    [Fact]
    public void A_leaf_keeps_its_gradient_until_it_is_disposed()
    {
        long before = _workspace.Memory.Allocated;
        Tensor x = Leaf(1, 2);
        Tensor loss = (x * 2).Sum();
        loss.Backward();
        Tensor gradient = x.Grad!.Value;
        loss.Dispose();
        x.Dispose();
        Assert.False(gradient.IsAlive);
        Assert.Equal(before + 64, _workspace.Memory.Allocated); // the product is the caller's
    }

    private static Tensor Leaf(params float[] values) => Tensor.From<float>(values).RequireGrad();

    private static float[] Grad(Tensor leaf) => Assert.NotNull(leaf.Grad).ToArray<float>();
}
