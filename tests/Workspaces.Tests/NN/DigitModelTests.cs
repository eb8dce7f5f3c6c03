using System.Text.Json;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>LeNet-5 and the perceptron of the bench follow PyTorch step by step from the same weights and batches, which both sides draw by the same integer arithmetic.</summary>
public sealed class DigitModelTests
{
    private const int Batch = 64, Pixels = 28 * 28, Classes = 10;

    private sealed record Golden(string Torch, double DriftFromF64, double[] Losses);

    [Theory]
    [InlineData("lenet_sgd", 1, 5e-5)]
    [InlineData("lenet_sgd", 2, 5e-5)]
    [InlineData("mlp_digits_sgd", 1, 2e-6)]
    [InlineData("mlp_digits_sgd", 2, 2e-6)]
    public void Fifty_losses_are_those_of_PyTorch(string name, int threads, double tolerance)
    {
        string file = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", name + ".json"));
        Golden golden = JsonSerializer.Deserialize<Golden>(file, JsonSerializerOptions.Web)!;
        Assert.Equal(50, golden.Losses.Length);
        Assert.InRange(golden.DriftFromF64, 0, tolerance / 2); // what PyTorch itself drifts by, between single and double precision
        using var manager = new WorkspaceManager();
        manager.KernelThreads = threads;
        using Workspace workspace = manager.Lease(new() { Name = "step" });
        using Sequential model = name == "lenet_sgd" ? LeNet(manager) : Perceptron(manager);
        Load(model);
        using var optimizer = new Sgd(model.Parameters, 0.01, momentum: 0.9);
        for (int step = 0; step < golden.Losses.Length; step++)
        {
            using Pass pass = workspace.Enter();
            (Tensor x, Tensor labels) = BatchOf(step);
            Tensor loss = model.Forward(x).CrossEntropy(labels);
            Assert.Equal(golden.Losses[step], loss.Item(), tolerance);
            loss.Backward();
            optimizer.Step();
        }
    }

    private static Sequential Perceptron(WorkspaceManager manager) =>
        [new Flatten(), new Linear(Pixels, 512, manager: manager), new ReLU(), new Linear(512, 512, manager: manager), new ReLU(), new Linear(512, Classes, manager: manager)];

    private static Sequential LeNet(WorkspaceManager manager) =>
    [
        new Conv2d(1, 6, 5, padding: 2, manager: manager), new ReLU(), new MaxPool2d(2), new Conv2d(6, 16, 5, manager: manager), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Linear(400, 120, manager: manager), new ReLU(), new Linear(120, 84, manager: manager), new ReLU(), new Linear(84, Classes, manager: manager),
    ];

    private static void Load(Sequential model)
    {
        double fan = 1;
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            Parameter parameter = model.Parameters[i];
            if (parameter.Value.Rank > 1) fan = parameter.Length / (double)parameter.Value.Shape[0];
            float[] values = [.. Draw(i + 1, (int)parameter.Length).Select(number => (float)(((number * 2) - 1) / Math.Sqrt(fan)))];
            parameter.Value.CopyFrom<float>(values);
        }
    }

    private static (Tensor X, Tensor Labels) BatchOf(int step)
    {
        long[] labels = [.. Draw(1000 + step, Batch).Select(static number => (long)(number * Classes))];
        double[] noise = Draw(2000 + step, Batch * Pixels);
        double[][] patterns = [.. Enumerable.Range(0, Classes).Select(static label => Draw(100 + label, Pixels))];
        float[] x = [.. noise.Select((number, i) => (float)((4 * patterns[labels[i / Pixels]][i % Pixels]) - 2 + number))];
        return (Tensor.From<float>(x, [Batch, 1, 28, 28]), Tensor.From<long>(labels));
    }

    /// <summary>Numbers from [0, 1), as in make_convolution.py.</summary>
    private static double[] Draw(int seed, int count)
    {
        var numbers = new double[count];
        for (int i = 0; i < count; i++)
        {
            uint h = unchecked(((uint)i * 0x9E3779B1u) + ((uint)seed * 0x85EBCA77u));
            h ^= h >> 15;
            h = unchecked(h * 0x2C1B3C6Du);
            h ^= h >> 12;
            h = unchecked(h * 0x297A2D39u);
            h ^= h >> 15;
            numbers[i] = h / 4294967296.0;
        }

        return numbers;
    }
}
