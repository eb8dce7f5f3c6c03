using Workspaces.Cli.Bench;
using Workspaces.Diagnostics;

namespace Workspaces.Tests.Diagnostics;

/// <summary>The work that the meter counts of whole training steps, against the work of their products.</summary>
public class StepWorkTests
{
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
