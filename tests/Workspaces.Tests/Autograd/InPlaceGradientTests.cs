using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>Writes in place beside the tape: right gradients, or an error that names who wrote and who needed the values.</summary>
public sealed class InPlaceGradientTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void In_place_on_an_intermediate_is_part_of_the_graph()
    {
        Tensor x = Leaf(1, -2);
        Tensor h = (x * 2).AddInPlace(Tensor.From<float>([1, 1])).MultiplyInPlace(3).AddInPlace(5).ReluInPlace();
        Assert.Equal([14f, 0], h.ToArray<float>());
        h.Sum().Backward();
        Assert.Equal([6, 0], Grad(x));
    }

    [Fact]
    public void The_operand_of_a_write_gets_its_gradient()
    {
        Tensor x = Leaf(1, -2), b = Leaf(3), c = Leaf(4, 5);
        Tensor h = (x * 2).AddInPlace(b).SubtractInPlace(c);
        h.Sum().Backward();
        Assert.Equal([2, 2], Grad(x));
        Assert.Equal([2], Grad(b));
        Assert.Equal([-1, -1], Grad(c));
    }

    [Fact]
    public void A_plain_tensor_becomes_part_of_the_graph_by_a_recorded_write()
    {
        Tensor x = Leaf(1, 2), sum = Tensor.Zeros([2]);
        sum.AddInPlace(x).AddInPlace(x);
        Assert.True(sum.RequiresGrad);
        sum.Sum().Backward();
        Assert.Equal([2, 2], Grad(x));
    }

    [Theory]
    [InlineData("Multiply", "FillInPlace")]
    [InlineData("Exp", "AddInPlace")]
    [InlineData("MatMul", "CopyFrom")]
    [InlineData("Softmax", "CopyTo")]
    public void A_saved_tensor_changed_before_Backward_names_both_ops(string reader, string writer)
    {
        Tensor x = Leaf(1, 2, 3, 4), weight = Tensor.Ones([2, 2]).Named("kept");
        Tensor matrix = x.Reshape(2, 2), y, written;
        switch (reader)
        {
            case "Multiply": (y, written) = (matrix * weight, weight); break;
            case "MatMul": (y, written) = (matrix.MatMul(weight), weight); break;
            case "Softmax": y = written = matrix.Softmax(); break;
            default: y = written = matrix.Exp(); break;
        }

        using (Gradients.Off())
        {
            switch (writer)
            {
                case "FillInPlace": written.FillInPlace(9); break;
                case "AddInPlace": written.AddInPlace(1); break;
                case "CopyFrom": written.Detach().CopyFrom<float>([1, 2, 3, 4]); break;
                default: Tensor.Ones([2, 2]).CopyTo(written.Detach()); break;
            }
        }

        Tensor loss = y.Sum();
        var error = Assert.Throws<InvalidOperationException>(() => loss.Backward());
        Assert.Contains(reader, error.Message, StringComparison.Ordinal);
        Assert.Contains(writer, error.Message, StringComparison.Ordinal);
        if (written == weight) Assert.Contains("'kept'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_through_a_view_is_noticed_too()
    {
        Tensor x = Leaf(1, 2), weight = Tensor.Ones([2, 2]);
        Tensor loss = (x * weight).Sum();
        weight.Select(0, 1).FillInPlace(3);
        Assert.Throws<InvalidOperationException>(() => loss.Backward());
    }

    [Fact]
    public void A_weight_written_by_an_optimizer_after_Backward_is_fine()
    {
        Tensor x = Leaf(1, 2);
        for (int i = 0; i < 3; i++)
        {
            (x * x).Sum().Backward();
            using (Gradients.Off()) x.SubtractInPlace(x.Grad!.Value * 0.25);
        }

        Assert.Null((x * 2).Detach().Grad);
        Assert.Equal(2, x.Length);
    }

    [Fact]
    public void Leaves_are_written_only_while_nothing_is_recorded()
    {
        Tensor x = Leaf(1, 2);
        Assert.Throws<InvalidOperationException>(() => x.AddInPlace(1));
        Assert.Throws<InvalidOperationException>(() => x.AddInPlace(Tensor.Ones([2])));
        Assert.Throws<InvalidOperationException>(() => x.MultiplyInPlace(2));
        Assert.Throws<InvalidOperationException>(() => x.ReluInPlace());
        Assert.Throws<InvalidOperationException>(() => x.FillInPlace(0));
        Assert.Throws<InvalidOperationException>(() => x.Slice(0, 0, 1).FillInPlace(0));
        Assert.Equal([1f, 2], x.ToArray<float>());
        using (Gradients.Off()) x.MultiplyInPlace(2);
        Assert.Equal([2f, 4], x.ToArray<float>());
        Assert.True(x.RequiresGrad);
    }

    [Fact]
    public void Broadcast_views_are_not_written_to()
    {
        Tensor wide = Tensor.Ones([1, 3]).BroadcastTo([2, 3]);
        Assert.Throws<InvalidOperationException>(() => wide.AddInPlace(1));
        Assert.Throws<InvalidOperationException>(() => wide.FillInPlace(1));
        Assert.Throws<InvalidOperationException>(() => wide.CopyFrom<float>(new float[6]));
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2, 3]).CopyTo(wide));
        Tensor.Ones([1, 3]).BroadcastTo([1, 3]).AddInPlace(1);
    }

    [Fact]
    public void Views_of_recorded_tensors_are_not_written_to()
    {
        Tensor x = Leaf(1, 2), h = x * 2;
        Assert.Throws<InvalidOperationException>(() => h.Slice(0, 0, 1).AddInPlace(1));
        Assert.Throws<InvalidOperationException>(() => h.Reshape(1, 2).FillInPlace(1));
        Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([2]).Slice(0, 0, 1).AddInPlace(x.Slice(0, 0, 1)));
        Assert.Throws<InvalidOperationException>(() => h.FillInPlace(1));
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2]).MultiplyInPlace(x));
    }

    [Fact]
    public void Loading_data_over_a_recorded_result_is_refused()
    {
        Tensor x = Leaf(1, 2), h = x * 2;
        Assert.Throws<InvalidOperationException>(() => h.CopyFrom<float>([5, 6]));
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2]).CopyTo(h));
        h.Detach().CopyFrom<float>([5, 6]);
        x.CopyFrom<float>([7, 8]);
        Assert.Equal([7f, 8], x.ToArray<float>());
    }

    [Fact]
    public void A_view_taken_before_its_base_was_written_is_refused_on_the_tape()
    {
        Tensor x = Leaf(1, 2), h = x * 2, view = h.Reshape(1, 2);
        h.MultiplyInPlace(3);
        var error = Assert.Throws<InvalidOperationException>(() => view.Sum());
        Assert.Contains("MultiplyInPlace", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => view.Backward(Tensor.Ones([1, 2])));
        h.Reshape(1, 2).Sum().Backward();
        Assert.Equal([6, 6], Grad(x));
    }

    [Fact]
    public void A_plain_view_of_a_tensor_that_became_recorded_is_refused_on_the_tape()
    {
        Tensor x = Leaf(1, 2), sum = Tensor.Zeros([2]), view = sum.Reshape(1, 2), detached = sum.Detach();
        sum.AddInPlace(x);
        Assert.Throws<InvalidOperationException>(() => view * 2);
        Assert.False((detached * 2).RequiresGrad);
        using (Gradients.Off()) Assert.Equal([2f, 4], (view * 2).ToArray<float>());
    }

    [Fact]
    public void A_view_of_a_weight_survives_the_optimizer()
    {
        Tensor w = Leaf(1, 2), turned = w.Reshape(2, 1);
        using (Gradients.Off()) w.MultiplyInPlace(2);
        turned.Sum().Backward();
        Assert.Equal([1, 1], Grad(w));
    }

    [Fact]
    public void Operands_that_overlap_the_target_are_read_before_they_are_written()
    {
        Tensor x = Tensor.Arange(0, 9).Reshape(3, 3);
        x.AddInPlace(x.Transpose());
        Assert.Equal([0f, 4, 8, 4, 8, 12, 8, 12, 16], x.ToArray<float>());
        Tensor row = Tensor.Arange(0, 6);
        row.Slice(0, 0, 5).CopyTo(row.Slice(0, 1, 5));
        Assert.Equal([0f, 0, 1, 2, 3, 4], row.ToArray<float>());
        Tensor square = Tensor.Arange(0, 4).Reshape(2, 2);
        square.Transpose().CopyTo(square);
        Assert.Equal([0f, 2, 1, 3], square.ToArray<float>());
    }

    [Fact]
    public void A_tensor_multiplied_by_its_own_values_is_refused_or_right()
    {
        Tensor x = Leaf(2, 3), h = x * 1;
        Assert.Throws<InvalidOperationException>(() => h.MultiplyInPlace(h));
        Tensor g = x * 1;
        Assert.Throws<InvalidOperationException>(() => g.MultiplyInPlace(g.Detach()));
    }

    private static Tensor Leaf(params float[] values) => Tensor.From<float>(values).RequireGrad();

    private static float[] Grad(Tensor leaf) => Assert.NotNull(leaf.Grad).ToArray<float>();
}
