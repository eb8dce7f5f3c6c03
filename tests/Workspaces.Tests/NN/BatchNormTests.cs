using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>Running statistics and the buffers that hold them.</summary>
public sealed class BatchNormTests
{
    private static readonly float[] Data = [1, 2, 3, 4, 10, 20, 30, 40, -1, -2, -3, -4, 5, 6, 7, 9];

    [Fact]
    public void Running_statistics_move_towards_mean_and_unbiased_variance_of_each_batch()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        using var layer = new BatchNorm2d(2, momentum: 0.25, manager: manager);
        for (int i = 0; i < 2; i++)
        {
            using Pass pass = workspace.Enter();
            layer.Forward(Images());
        }

        double[] mean = [0, 0], variance = [1, 1];
        for (int i = 0; i < 2; i++)
        {
            for (int c = 0; c < 2; c++)
            {
                float[] values = [.. Data[(c * 4)..((c * 4) + 4)], .. Data[((c * 4) + 8)..((c * 4) + 12)]];
                double average = values.Average(), unbiased = values.Sum(value => (value - average) * (value - average)) / 7;
                mean[c] = (mean[c] * 0.75) + (average * 0.25);
                variance[c] = (variance[c] * 0.75) + (unbiased * 0.25);
            }
        }

        AssertClose(mean, layer.RunningMean!.Value);
        AssertClose(variance, layer.RunningVariance!.Value);
        Assert.Equal(2, layer.BatchesTracked!.Value.Item<long>());
    }

    [Fact]
    public void Evaluation_normalises_by_running_statistics_and_leaves_them()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        using var layer = new BatchNorm2d(2, epsilon: 0, manager: manager);
        layer.RunningMean!.Value.CopyFrom<float>([1, 2]);
        layer.RunningVariance!.Value.CopyFrom<float>([4, 9]);
        layer.Eval();
        using Pass pass = workspace.Enter();
        float[] y = layer.Forward(Images()).ToArray<float>();
        Assert.Equal(Data.Select((value, i) => i / 4 % 2 == 0 ? (value - 1) / 2 : (value - 2) / 3), y.Select(static value => value), (a, b) => Math.Abs(a - b) < 1e-6);
        AssertClose([1, 2], layer.RunningMean.Value);
        AssertClose([4, 9], layer.RunningVariance.Value);
        Assert.Equal(0, layer.BatchesTracked!.Value.Item<long>());
    }

    [Fact]
    public void Buffers_are_named_as_in_PyTorch_and_unknown_to_optimizers()
    {
        using var manager = new WorkspaceManager();
        using var model = new Sequential(new Conv2d(1, 2, 3, manager: manager), new BatchNorm2d(2, manager: manager));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], model.Parameters.Select(static parameter => parameter.Name));
        Assert.Equal(["1.running_mean", "1.running_var", "1.num_batches_tracked"], model.Buffers.Select(static buffer => buffer.Name));
        Assert.Same(model.Buffers, model.Buffers);
        Assert.Equal([DType.F32, DType.F32, DType.I64], model.Buffers.Select(static buffer => buffer.Value.DType));
    }

    [Fact]
    public void Initialize_resets_buffers_and_disposal_frees_them()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        var layer = new BatchNorm1d(2, manager: manager);
        using (workspace.Enter()) layer.Forward(Tensor.From<float>(Data, [8, 2]));
        Assert.Equal(1, layer.BatchesTracked!.Value.Item<long>());
        layer.Initialize(1);
        AssertClose([0, 0], layer.RunningMean!.Value);
        AssertClose([1, 1], layer.RunningVariance!.Value);
        Assert.Equal(0, layer.BatchesTracked.Value.Item<long>());
        Assert.True(manager.Persistent.StateBytes > 0);
        layer.Dispose();
        layer.Dispose();
        Assert.Equal(0, manager.Persistent.StateBytes);
    }

    [Fact]
    public void A_pass_on_shapes_alone_leaves_running_statistics_as_they_are()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        using var layer = new BatchNorm2d(2, manager: manager);
        using (workspace.EnterShapes()) layer.Forward(Tensor.Empty([2, 2, 2, 2]));
        AssertClose([0, 0], layer.RunningMean!.Value);
        AssertClose([1, 1], layer.RunningVariance!.Value);
        Assert.Equal(0, layer.BatchesTracked!.Value.Item<long>());
    }

    [Fact]
    public void Frozen_scales_get_no_gradient_and_the_input_still_does()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        using Pass pass = workspace.Enter();
        Tensor x = Images().RequireGrad(), scale = Tensor.Full([2], 2);
        Workspaces.Ops.BatchNormOps.BatchNorm(x, scale, Tensor.Zeros([2])).Backward(Tensor.Ones([2, 2, 2, 2]));
        Assert.All(x.Grad!.Value.ToArray<float>(), static value => Assert.Equal(0, value, 1e-5f));
    }

    private static Tensor Images() => Tensor.From<float>(Data, [2, 2, 2, 2]);

    private static void AssertClose(double[] expected, Tensor actual)
    {
        float[] values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], 1e-4);
    }
}
