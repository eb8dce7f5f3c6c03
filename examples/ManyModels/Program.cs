// Several models at once, each on a thread and in a workspace of its own with a cap of its own, under one limit for all; then one pass in which all of them vote.
// Settings: configs/many-models.json, or another file as first argument; other arguments are settings, e.g. Training:Epochs=1. It prints
//
//   linear: 8… % right, arena … KiB of at most 1.0 MiB
//   wide: 9… % right, arena 260.0 KiB of at most 4.0 MiB
//   convolution: 9… % right, arena 3.4 MiB of at most 16.0 MiB
//   all three together: 9… % right, voting takes … MiB in workspace 'judge'
//   … MiB committed in all workspaces and slabs, at most 256.0 MiB
using System.Globalization;
using Workspaces.Hosting.Configuration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RunConfiguration run = Example.Load(args, "many-models.json");
DataOptions data = run.GetOptions<DataOptions>(DataOptions.Section);
TrainingOptions training = run.GetOptions<TrainingOptions>(TrainingOptions.Section);
string folder = run.GetPath("Data:Folder")!;
WorkspaceManagerConfiguration all = run.Root.GetWorkspaceManager();
using var manager = new WorkspaceManager(all) { KernelThreads = training.Threads };

// Parameters lie in slabs of the manager; activations in the workspace that is ambient on the thread that makes them.
using var linear = new Sequential(new Flatten(), new Linear(784, 10, manager: manager));
using var wide = new Sequential(new Flatten(), new Linear(784, 256, manager: manager), new ReLU(), new Linear(256, 10, manager: manager));
using var convolution = new Sequential(
    new Conv2d(1, 6, 5, padding: 2, manager: manager), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(6 * 14 * 14, 10, manager: manager));
string[] lines = await Task.WhenAll(
    Task.Run(() => Train(linear, "linear")), Task.Run(() => Train(wide, "wide")), Task.Run(() => Train(convolution, "convolution")));
foreach (string line in lines) Console.WriteLine(line);

using (Workspace judge = manager.Lease(run.Root.GetWorkspace("judge")))
{
    Module[] models = [linear, wide, convolution];
    foreach (Module model in models) model.Eval();
    using DataLoader test = Load(DataSplit.Test);
    long right = 0;
    foreach ((Tensor x, Tensor y) in test.Epoch(0))
    {
        using Pass pass = judge.Enter();
        using NoGradScope off = Gradients.Off();
        Tensor votes = models[0].Forward(x).Softmax();
        foreach (Module model in models.AsSpan(1)) votes.AddInPlace(model.Forward(x).Softmax());
        right += votes.ArgMax().Equal(y).Sum().Item<long>();
    }

    Console.WriteLine(
        $"all three together: {(double)right / test.DataSet.Count:P1} right, voting takes {ByteSize.Round(judge.PlannedPeakBytes)} in workspace '{judge.Name}'");
    Console.WriteLine($"{ByteSize.Round(manager.Memory.Committed)} committed in all workspaces and slabs, at most {ByteSize.Round(all.MemoryLimit)}");
}

string Train(Module model, string name)
{
    WorkspaceConfiguration workspace = run.Root.GetWorkspace(name);
    using DataLoader train = Load(DataSplit.Train), test = Load(DataSplit.Test);
    model.Initialize((ulong)training.Seed);
    using var optimizer = new Adam(model.Parameters, learningRate: 1e-3);
    var options = new TrainerOptions { Epochs = training.Epochs, MaxSteps = training.MaxSteps, Step = workspace };
    TrainResult result = new Trainer(model, static (output, target) => output.CrossEntropy(target), optimizer, train, test, options, manager).Run();
    return $"{name}: {result.TestAccuracy:P1} right, arena {ByteSize.Round(result.Memory.ArenaPeakBytes)} of at most {ByteSize.Round(workspace.MaxSize)}";
}

DataLoader Load(DataSplit split) =>
    new(MnistDataSet.Load(folder, split), data.BatchSize, split == DataSplit.Train, (ulong)training.Seed, manager: manager);
