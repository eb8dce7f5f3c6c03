using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Parity;

/// <summary>Tensors that leave their pass: type, values and independence.</summary>
public sealed class MovingTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    [InlineData(DType.I64)]
    [InlineData(DType.U8)]
    [InlineData(DType.Bool)]
    public void Every_type_keeps_its_values_from_outside_through_two_workspaces(DType dtype)
    {
        Tensor outside = Outside.Run(() => Pattern(dtype));
        double[] expected = outside.To(DType.F64).ToArray<double>();
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        using (b.Enter())
        {
            Tensor inA = outside.MoveTo(a);
            Assert.False(outside.IsAlive);
            Assert.Equal((dtype, a), (inA.DType, inA.Workspace));
            Assert.Equal(expected, Values(inA));
            Tensor inB = inA.MoveTo(b);
            Assert.Equal((dtype, b, 0L), (inB.DType, inB.Workspace, a.Memory.Allocated));
            Assert.Equal(expected, Values(inB));
            Assert.Equal(inB, inB.MoveTo(b)); // where it is already
        }
    }

    [Fact]
    public void A_view_moves_compactly_and_leaves_its_base()
    {
        using Workspace workspace = _manager.Lease(new());
        Tensor moved;
        using (workspace.Enter())
        {
            Tensor x = Tensor.Arange(0, 12).Reshape(3, 4);
            moved = x.Slice(1, 1, 2).Transpose().MoveTo(workspace.OuterPass);
            Assert.False(moved.IsView);
            Assert.True(moved.Layout.IsContiguous && x.IsAlive);
            x.FillInPlace(-1);
            Assert.Equal([1, 5, 9, 2, 6, 10], moved.ToArray<float>());
        }

        for (int i = 0; i < 5; i++)
        {
            using Pass pass = workspace.Enter();
            Tensor.Full([1000], 99);
            Assert.Equal([1, 5, 9, 2, 6, 10], moved.ToArray<float>());
        }
    }

    [Fact]
    public void Empty_tensors_scalars_and_turned_ones_keep_their_shape()
    {
        using Workspace workspace = _manager.Lease(new());
        Tensor empty, scalar, turned;
        using (workspace.Enter())
        {
            empty = Tensor.Zeros([0, 3]).MoveTo(workspace.OuterPass);
            scalar = Tensor.Scalar(5, DType.I64).MoveTo(workspace.OuterPass);
            turned = Tensor.Arange(0, 6).Reshape(2, 3).Transpose().MoveTo(workspace.OuterPass);
        }

        Assert.Equal((new Shape(0, 3), new Shape(), new Shape(3, 2)), (empty.Shape, scalar.Shape, turned.Shape));
        Assert.Equal(5, scalar.Item<long>());
        Assert.Equal([0, 3, 1, 4, 2, 5], turned.ToArray<float>());
    }

    [Fact]
    public void Every_way_out_refuses_a_tensor_whose_pass_has_ended()
    {
        using Workspace other = _manager.Lease(new() { Name = "other" });
        using Workspace workspace = _manager.Lease(new() { Name = "step" });
        Tensor stale;
        using (workspace.Enter()) stale = Tensor.Ones([4]).Named("hidden");
        AssertRefused("hidden", "'step'", "Add", "MoveTo");
        using (workspace.Enter())
        {
            Tensor young = Tensor.Full([4], 7); // the old bytes are in use again
            AssertRefused("'step'", "Add", "MoveTo");
            Assert.Equal(28, young.Sum().Item());
        }

        void AssertRefused(params ReadOnlySpan<string> parts)
        {
            Action[] ways =
            [
                () => stale.MoveTo(other), () => stale.MoveTo(workspace.OuterPass), () => stale.Copy(), () => stale.Detach(), () => stale.ToArray<float>(),
                () => stale.CopyTo(new float[4].AsSpan()), () => stale.Item(), () => stale.AsSpan<float>(), () => stale.Read<float>(static _ => { }),
                () => stale.Add(1), () => stale.AddInPlace(1), () => stale.ToString(), () => stale.Reshape(2, 2), () => Tensor.Ones([4]).Add(stale),
            ];
            foreach (Action way in ways) Assert.Throws<StaleAccessException>(way);
            string message = Assert.Throws<StaleAccessException>(() => stale.Add(1)).Message;
            foreach (string part in parts) Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }

    private static Tensor Pattern(DType dtype)
    {
        using Tensor line = Tensor.Arange(0, 12), grid = line.Reshape(3, 4);
        return dtype == DType.F32 ? grid.Copy() : grid.To(dtype);
    }

    private static double[] Values(Tensor x) => x.To(DType.F64).ToArray<double>();
}
