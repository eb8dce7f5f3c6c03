using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;

namespace Workspaces.Tests.Ops;

/// <summary>Losses of classes in axis 1, of class probabilities, and attention with masks: values and gradients are PyTorch's.</summary>
public sealed class GoldenTargetTests : GoldenConformance<GoldenTargetTests>, IGoldenTable
{
    public static string[] Files => ["targets"];

    public static Tensor Run(GoldenCase golden, Tensor[] x)
    {
        if (golden.Op == "attention") return x[0].ScaledDotProductAttention(x[1], x[2], mask: x[3]);
        var how = Enum.Parse<LossReduction>(golden.Text("reduction"), ignoreCase: true);
        bool full = golden.Bool("full");
        Tensor? weights = full ? Tensor.From<float>([0.5f, 1.5f, 2, 0.25f]).To(x[0].DType) : null;
        long ignored = full ? 1 : -100;
        return golden.Op switch
        {
            "likelihood" => x[0].NllLoss(x[1], weights, ignored, how, classAxis: 1),
            _ when full => x[0].CrossEntropy(x[1], weights, 0.1, ignored, how, classAxis: 1),
            _ => x[0].CrossEntropy(x[1], how, classAxis: 1),
        };
    }
}
