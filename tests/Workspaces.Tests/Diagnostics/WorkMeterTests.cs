using Workspaces.Cli.Bench;
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

    [Theory]
    [InlineData("mlp_sgd", 2 * 128 * 512 * ((3 * 512) + (2 * 784) + (3 * 10)))] // no gradient of the input
    [InlineData("mlp_b128", 2 * 128 * 512 * (784 + 512 + 10))]
    public void A_step_of_a_perceptron_is_its_products(string name, long flops)
    {
        Assert.Equal(flops, 2 * Work(name).Sum(static op => op.MultiplyAdds));
    }

    [Theory]
    [InlineData("vgg", 3)]
    [InlineData("lstm", 3)]
    [InlineData("gpt", 3)]
    public void A_training_step_takes_about_three_times_the_products_of_the_forward_pass(string name, double times)
    {
        IReadOnlyList<OpWork> ops = Work(name);
        long all = ops.Sum(static op => op.MultiplyAdds);
        long forward = name switch
        {
            "vgg" => 32L * ((1024 * 27 * 32) + (1024 * 288 * 32) + (256 * 288 * 64) + (256 * 576 * 64) + (4096 * 256) + (256 * 10)),
            "lstm" => 32L * 64 * ((2 * 256 * 1024) + (256 * 65)),
            _ => 8L * 128 * ((4 * 12 * 256 * 256) + (256 * 65)) + (8L * 4 * 4 * (128 * 129 / 2) * 128),
        };
        Assert.InRange((double)all / forward, times - 0.1, times + 0.1);
    }

    private static IReadOnlyList<OpWork> Work(string name)
    {
        using BenchCase measured = BenchCases.Create(name, new BenchSettings());
        using var meter = new WorkMeter(measured.Workspace!.Manager);
        measured.Trace();
        return meter.Ops;
    }
}
