// A training loop by hand, twice: with the workspace outside the loop and with it inside. Settings: configs/hand-written-loop.json,
// or another file as first argument; other arguments are settings, e.g. Training:Epochs=1. It prints
//
//   outside: epoch 1, loss 1.0…, committed 644.0 KiB
//   outside: epoch 2, loss 0.3…, committed 644.0 KiB
//   outside: epoch 3, loss 0.3…, committed 644.0 KiB
//   inside: loss of the last batch 0.…
using Workspaces.Hosting.Configuration;

RunConfiguration run = Example.Load(args, "hand-written-loop.json");
WorkspaceConfiguration step = run.Root.GetWorkspace("step");
DataOptions data = run.GetOptions<DataOptions>(DataOptions.Section);
TrainingOptions training = run.GetOptions<TrainingOptions>(TrainingOptions.Section);

using var loader = new DataLoader(MnistDataSet.Load(run.GetPath("Data:Folder")!, DataSplit.Train), data.BatchSize, shuffle: true, (ulong)training.Seed);
using var model = new Sequential(new Flatten(), new Linear(784, 128), new ReLU(), new Linear(128, 10));
model.Initialize((ulong)training.Seed);
using var optimizer = new Adam(model.Parameters, learningRate: 1e-3);

// 1. Outside the loop: the workspace owns memory, each step is a pass in it.
using (Workspace workspace = WorkspaceManager.Create(step))
{
    for (int epoch = 0; epoch < training.Epochs; epoch++)
    {
        double sum = 0;
        foreach ((Tensor x, Tensor y) in loader.Epoch(epoch))
        {
            using Pass pass = workspace.Enter();
            Tensor loss = model.Forward(x).CrossEntropy(y);
            loss.Backward();
            optimizer.Step();
            sum += loss.Item();                         // a number leaves the pass; tensors do not
        }

        Console.WriteLine($"outside: epoch {epoch + 1}, loss {sum / loader.BatchCount:F4}, committed {ByteSize.Round(workspace.Memory.Committed)}");
    }
}

// 2. Inside the loop: a named workspace is the same object with the same memory every time, so this costs nothing more.
float last = 0;
foreach ((Tensor x, Tensor y) in loader.Epoch(training.Epochs))
{
    using var ws = WorkspaceManager.Create(step);
    Tensor loss = model.Forward(x).CrossEntropy(y);
    loss.Backward();
    optimizer.Step();
    last = loss.Item();
}

Console.WriteLine($"inside: loss of the last batch {last:F4}");
