using BenchmarkDotNet.Attributes;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Benchmarks;

/// <summary>A perceptron 784-512-10 on one thread: whole steps, in which nothing may be allocated.</summary>
[MemoryDiagnoser]
public class PerceptronBenchmarks
{
    private const int Inputs = 784, Hidden = 512, Classes = 10, Batch = 128;
    private readonly WorkspaceManager _manager = new();
    private Workspace _data = null!;
    private Workspace _step = null!;
    private Sequential _model = null!;
    private Sgd _optimizer = null!;
    private Tensor _x, _one, _y;

    /// <summary>Makes data and model, in the flow that measures.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _manager.KernelThreads = 1;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _x = Inputs01(Batch);
        _one = Inputs01(1);
        _y = Tensor.From<long>([.. Enumerable.Range(0, Batch).Select(static i => (long)(i % Classes))]);
        _step = _manager.Lease(new WorkspaceConfiguration { Name = "step" });
        _model = new Sequential(new Linear(Inputs, Hidden), new ReLU(), new Linear(Hidden, Classes));
        _model.Initialize(seed: 1);
        _optimizer = new Sgd(_model.Parameters, 0.01);
    }

    /// <summary>Forward, mean cross-entropy, backward and SGD on a batch of 128.</summary>
    [Benchmark]
    public void TrainingStep()
    {
        using Pass pass = _step.Enter();
        Tensor loss = _model.Forward(_x).CrossEntropy(_y);
        loss.Backward();
        _optimizer.Step();
    }

    /// <summary>Forward on one sample, no gradients.</summary>
    [Benchmark]
    public void InferenceOfOne()
    {
        using Pass pass = _step.Enter();
        using NoGradScope scope = Gradients.Off();
        _model.Forward(_one);
    }

    /// <summary>Ends the model and its memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _step.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }

    private static Tensor Inputs01(int batch)
    {
        var random = new Random(1);
        var values = new float[batch * Inputs];
        for (int i = 0; i < values.Length; i++) values[i] = random.NextSingle();
        return Tensor.From<float>(values, new Shape(batch, Inputs));
    }
}
