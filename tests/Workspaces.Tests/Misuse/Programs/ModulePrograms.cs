using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Seams;
using Workspaces.Tensors;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>Modules, optimizers and loaders used after their end, or given what does not fit them.</summary>
internal static class ModulePrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Throws<StaleAccessException>("a disposed module called", "Remedy: ", static world =>
        {
            Linear layer = Layer(world);
            layer.Dispose();
            using Pass pass = world.Step.Enter();
            layer.Forward(Tensor.Ones([3, 4]));
        }),
        IsRight("a module disposed between forward and Backward", "the tape keeps what it needs, gradients of others are right", static world =>
        {
            using var weight = new Parameter(new Shape(3, 4), manager: world.Manager);
            Linear layer = Layer(world);
            using Pass pass = world.Step.Enter();
            float[] expected = layer.Weight.Value.Sum([0]).ToArray<float>();
            Tensor loss = layer.Forward(weight.Value).Sum();
            layer.Dispose();
            loss.Backward();
            Assert.Equal(expected, weight.Grad!.Value.ToArray<float>()[..4]);
        }),
        Throws<ShapeException>("an input of the wrong width", "[3, 5]", static world =>
        {
            using Linear layer = Layer(world);
            using Pass pass = world.Step.Enter();
            layer.Forward(Tensor.Ones([3, 5]));
        }),
        Throws<ArgumentException>("an input of another type", "float64", static world =>
        {
            using Linear layer = Layer(world);
            using Pass pass = world.Step.Enter();
            layer.Forward(Tensor.Ones([3, 4], DType.F64));
        }),
        Throws<ArgumentOutOfRangeException>("a layer of no width", "it must be at least 1", static world => new Linear(4, 0, manager: world.Manager).Dispose()),
        IsRight("one module in two containers", "it is shared: both compute with its weights, and disposing both disposes it once", static world =>
        {
            Linear layer = Layer(world);
            using var one = new Sequential(layer);
            using var two = new Sequential(layer);
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([3, 4]);
            Assert.Equal(one.Forward(x).ToArray<float>(), two.Forward(x).ToArray<float>());
        }),
        Throws<InvalidOperationException>("a module inside itself", "Remedy: ", static _ =>
        {
            using var sequential = new Sequential();
            sequential.Add(sequential);
        }),
        Throws<ObjectDisposedException>("a step of a disposed optimizer", "Remedy: ", static world =>
        {
            using Linear layer = Layer(world);
            var optimizer = new Adam(layer.Parameters, 0.1);
            optimizer.Dispose();
            optimizer.Step();
        }),
        Throws<ArgumentException>("an optimizer without parameters", "there are none", static _ => new Sgd([], 0.1).Dispose()),
        Throws<ArgumentException>("one parameter given to an optimizer twice", "came before", static world =>
        {
            using Linear layer = Layer(world);
            new Sgd([layer.Weight, layer.Weight], 0.1).Dispose();
        }),
        Throws<ArgumentException>("an optimizer over parameters of a disposed module", "was disposed", static world =>
        {
            Linear layer = Layer(world);
            IReadOnlyList<Parameter> parameters = layer.Parameters;
            layer.Dispose();
            new Sgd(parameters, 0.1).Dispose();
        }),
        Throws<ArgumentOutOfRangeException>("a learning rate that is NaN", "Cannot use LearningRate = NaN", static world =>
        {
            using Linear layer = Layer(world);
            new Sgd(layer.Parameters, double.NaN).Dispose();
        }),
        Throws<InvalidOperationException>("an optimizer used after its model moved to another manager", "make a new optimizer after MoveTo", static world =>
        {
            using var other = new WorkspaceManager();
            using Linear layer = Layer(world);
            using var optimizer = new Adam(layer.Parameters, 0.1);
            Train(world, layer);
            optimizer.Step();
            layer.MoveTo(other);
            Train(world, layer);
            optimizer.Step();
        }),
        IsRight("a step before any Backward", "parameters without gradients stay as they are", static world =>
        {
            using Linear layer = Layer(world);
            using var optimizer = new Sgd(layer.Parameters, 0.1);
            float[] before = layer.Weight.Value.ToArray<float>();
            optimizer.Step();
            Assert.Equal(before, layer.Weight.Value.ToArray<float>());
        }),
        IsRight("a step taken twice after one Backward", "the gradient is used once", static world =>
        {
            using Linear layer = Layer(world);
            using var optimizer = new Sgd(layer.Parameters, 0.1);
            Train(world, layer);
            optimizer.Step();
            float[] once = layer.Weight.Value.ToArray<float>();
            optimizer.Step();
            Assert.Equal(once, layer.Weight.Value.ToArray<float>());
        }),
        Throws<ObjectDisposedException>("a disposed loader asked for batches", "Remedy: ", static world =>
        {
            DataLoader loader = Loader(world);
            loader.Dispose();
            foreach (Batch batch in loader.Epoch(0)) _ = batch;
        }),
        Throws<StaleAccessException>("a batch read two batches later", "of a tensor, asked by", static world =>
        {
            using DataLoader loader = Loader(world);
            using Pass pass = world.Step.Enter();
            Tensor first = default;
            int number = 0;
            foreach (Batch batch in loader.Epoch(0))
            {
                if (number++ == 0) first = batch.Features;
            }

            first.ToArray<float>();
        }),
        Throws<InvalidOperationException>("two enumerations of one loader at once", "another one has begun since", static world =>
        {
            using DataLoader loader = Loader(world);
            using Pass pass = world.Step.Enter();
            var one = loader.Epoch(0).GetEnumerator();
            one.MoveNext();
            var two = loader.Epoch(1).GetEnumerator();
            two.MoveNext();
            one.MoveNext();
        }),
        Throws<ArgumentOutOfRangeException>("a batch of no samples", "Remedy: choose a batch size", static world =>
            new DataLoader(DataSets.OfArrays("none", new float[8], [4], new long[2], 2), 0, manager: world.Manager).Dispose()),
        Throws<ObjectDisposedException>("a disposed model server asked", "Remedy: ", static world =>
        {
            using Linear layer = Layer(world);
            WorkspaceModel model = layer.InWorkspace(new() { Name = "served" }, world.Manager);
            model.Dispose();
            model.Run(Tensor.Ones([3, 4]));
        }),
        Throws<ShapeException>("a model's result into a destination of another shape", "Remedy: ", static world =>
        {
            using Linear layer = Layer(world);
            using WorkspaceModel model = layer.InWorkspace(new() { Name = "served" }, world.Manager);
            using Pass pass = world.Step.Enter();
            model.Run(Tensor.Ones([3, 4]), Tensor.Zeros([3, 3]));
        }),
    ];

    private static Linear Layer(MisuseWorld world) => new(4, 2, manager: world.Manager);

    private static DataLoader Loader(MisuseWorld world) =>
        new(DataSets.OfArrays("eight", new float[32], [4], new long[8], 2), 2, manager: world.Manager);

    private static void Train(MisuseWorld world, Module module)
    {
        using Pass pass = world.Step.Enter();
        module.Forward(Tensor.Ones([3, 4])).Sum().Backward();
    }
}
