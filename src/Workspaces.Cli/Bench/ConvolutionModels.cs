using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>The measured networks with convolutions.</summary>
internal static class ConvolutionModels
{
    /// <summary>LeNet-5 with ReLU and max pooling, for [n, 1, 28, 28].</summary>
    internal static Module LeNet() => new Sequential(
        new Conv2d(1, 6, 5, padding: 2), new ReLU(), new MaxPool2d(2), new Conv2d(6, 16, 5), new ReLU(), new MaxPool2d(2), new Flatten(),
        new Linear(400, 120), new ReLU(), new Linear(120, 84), new ReLU(), new Linear(84, 10));

    /// <summary>A small network in the manner of VGG, for [n, 3, 32, 32].</summary>
    internal static Module Vgg() => new Sequential(
        new Conv2d(3, 32, 3, padding: 1), new ReLU(), new Conv2d(32, 32, 3, padding: 1), new ReLU(), new MaxPool2d(2),
        new Conv2d(32, 64, 3, padding: 1), new ReLU(), new Conv2d(64, 64, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(),
        new Linear(4096, 256), new ReLU(), new Linear(256, 10));

    /// <summary>The network of the AllocArrays documentation, for [n, 1, 28, 28]; its last linear layer is applied twice.</summary>
    internal static Module Digits()
    {
        var shared = new Linear(10, 10);
        return new Sequential(
            new Conv2d(1, 32, 3), new ReLU(), new BatchNorm2d(32), new ReLU(), new MaxPool2d(2), new Conv2d(32, 16, 3), new ReLU(), new MaxPool2d(2),
            new Conv2d(16, 10, 3), new ReLU(), new Flatten(), new Linear(90, 10), shared, shared, new Probabilities());
    }

    /// <summary>Softmax over the classes.</summary>
    private sealed class Probabilities : Module
    {
        public override Tensor Forward(Tensor input) => input.Softmax();
    }
}
