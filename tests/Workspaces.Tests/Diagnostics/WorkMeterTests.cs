using Workspaces.Diagnostics;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Tests.Diagnostics;

public class WorkMeterTests
{
    [Fact]
    public void A_product_counts_its_multiply_adds_and_each_operand_once()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using var meter = new WorkMeter(manager);
        new ShapeTrace(workspace).Run(default, [(DType.F32, new Shape(3, 5, 7)), (DType.F32, new Shape(7, 11))], static inputs => inputs[0].MatMul(inputs[1]));

        OpWork product = Assert.Single(meter.Ops, static op => op.MultiplyAdds > 0);
        Assert.Equal(3 * 5 * 7 * 11, product.MultiplyAdds);
        Assert.Equal(4 * ((3 * 5 * 7) + (7 * 11) + (3 * 5 * 11)), product.Bytes);
    }

    [Fact]
    public void What_is_computed_for_real_is_not_counted()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using var meter = new WorkMeter(manager);
        using (workspace.Enter())
        {
            Tensor x = Tensor.Ones([4, 4]);
            x.MatMul(x);
        }

        Assert.Empty(meter.Ops);
    }

    [Fact]
    public void A_manager_has_one_meter_at_a_time()
    {
        using var manager = new WorkspaceManager();
        using (new WorkMeter(manager))
        {
            var error = Assert.Throws<WorkspaceException>(() => new WorkMeter(manager));
            Assert.Contains("dispose that one first", error.Message, StringComparison.Ordinal);
        }

        using var next = new WorkMeter(manager);
        Assert.Empty(next.Ops);
    }

    [Fact]
    public void Work_that_was_done_for_real_is_not_laid_to_the_next_traced_op()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using var meter = new WorkMeter(manager);
        using (workspace.Enter())
        {
            Tensor x = Tensor.Ones([4, 4]);
            x.MatMul(x);
        }

        new ShapeTrace(workspace).Run(default, [(DType.F32, new Shape(2, 2))], static inputs => inputs[0].MatMul(inputs[0]));
        Assert.Equal(2 * 2 * 2, meter.Ops.Sum(static op => op.MultiplyAdds));
    }

    [Fact]
    public void Of_a_broadcast_operand_only_what_lies_in_memory_is_counted_and_of_a_slice_only_itself()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using var meter = new WorkMeter(manager);
        new ShapeTrace(workspace).Run(default, [(DType.F64, new Shape(1, 5)), (DType.F64, new Shape(3, 10))], static inputs =>
            Binary(inputs[0].BroadcastTo([3, 5]), inputs[1].Slice(1, 2, 5)));
        OpWork sum = Assert.Single(meter.Ops, static op => op.Name == "Probe");
        Assert.Equal((0L, 8L * (5 + 15 + 15)), (sum.MultiplyAdds, sum.Bytes));

        static void Binary(Tensor first, Tensor second)
        {
            using var op = new OpScope("Probe", first, second);
            op.Allocate(first.DType, first.Shape);
            op.Complete();
        }
    }
}
