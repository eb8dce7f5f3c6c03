using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;

namespace Workspaces.Tests.Optim;

/// <summary>
/// 20 steps of five optimizers against PyTorch. Tolerance: absolute 1e-6 in single precision (PyTorch's own drift from double is up to 3.3e-7 here;
/// double precision is held against the f32 values too).
/// </summary>
public sealed class GoldenTrainingTests
{
    private const double Tolerance = 1e-6;
    private static readonly GoldenTraining Training = GoldenFile.LoadTraining();

    public static TheoryData<string, DType, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, DType, int>();
            foreach (GoldenRun run in Training.Runs)
            {
                cases.Add(run.Name, DType.F32, 1);
                cases.Add(run.Name, DType.F32, 3);
                cases.Add(run.Name, DType.F64, 1);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_and_parameters_follow_those_of_PyTorch(string name, DType dtype, int threads)
    {
        GoldenRun run = Training.Runs.Single(run => run.Name == name);
        using var manager = new WorkspaceManager();
        manager.KernelThreads = threads;
        using Workspace workspace = manager.Lease(new() { Name = "step", HelperMinSize = 1 });
        using Sequential model = Model(dtype, manager);
        Assert.Equal(Training.Parameters.Select(static p => p.Name), model.Parameters.Select(static p => p.Name));
        foreach (var (parameter, start) in model.Parameters.Zip(Training.Parameters)) Load(parameter.Value, start.Tensor);
        var loss = new CrossEntropyLoss();
        using Optimizer optimizer = Make(run, model);
        Tensor x = Tensor.Empty(new Shape(Training.Input.Shape[0], Training.Input.Shape[1]), dtype);
        Load(x, Training.Input);
        Tensor labels = Tensor.From<long>([.. Training.Target.Values.Select(static value => (long)value)]);
        for (int step = 0; step < run.Losses.Values.Length; step++)
        {
            using Pass pass = workspace.Enter();
            Tensor result = loss.Forward(model.Forward(x), labels);
            Assert.Equal(run.Losses.Values[step], Values(result)[0], Tolerance);
            result.Backward();
            optimizer.Step();
        }

        Assert.Equal(1, optimizer.Runs.Length);
        Assert.Equal(run.Losses.Values.Length, optimizer.StepCount);
        foreach (var (parameter, end) in model.Parameters.Zip(run.Parameters))
        {
            foreach (var (value, expected) in Values(parameter.Value).Zip(end.Tensor.Values)) Assert.Equal(expected, value, Tolerance);
        }
    }

    private static Sequential Model(DType dtype, WorkspaceManager manager)
    {
        int[] layers = Training.Layers;
        return
        [
            new Linear(layers[0], layers[1], dtype: dtype, manager: manager), new ReLU(),
            new Linear(layers[1], layers[2], dtype: dtype, manager: manager), new ReLU(),
            new Linear(layers[2], layers[3], dtype: dtype, manager: manager),
        ];
    }

    private static Optimizer Make(GoldenRun run, Module model)
    {
        double rate = run.Option("lr"), decay = run.Option("weight_decay");
        return run.Name switch
        {
            "adam" => new Adam(model.Parameters, rate, weightDecay: decay),
            "adamw" => new AdamW(model.Parameters, rate, weightDecay: decay),
            _ => new Sgd(model.Parameters, rate, run.Option("momentum"), decay, run.Name == "sgd_nesterov_decay"),
        };
    }

    private static void Load(Tensor target, GoldenTensor source)
    {
        if (target.DType == DType.F64) target.CopyFrom<double>(source.Values);
        else target.CopyFrom<float>(source.Values.Select(static value => (float)value).ToArray());
    }

    private static double[] Values(Tensor tensor) =>
        tensor.DType == DType.F64 ? tensor.ToArray<double>() : [.. tensor.ToArray<float>().Select(static value => (double)value)];
}
