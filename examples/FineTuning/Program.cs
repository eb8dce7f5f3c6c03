// Fine-tuning: a model learns digits and its weights go to a safetensors file, as any file from PyTorch's world may come; another model takes its body from there and
// learns a new question from 100 examples. Settings: configs/fine-tuning.json, or another file as first argument; other arguments are settings,
// e.g. Training:MaxSteps=100. It prints
//
//   all digits: 9… % right; the body is written to a file of 849.6 KiB
//   from scratch: 8… % right after 100 examples
//   the file fills 4 of the 6 tensors of a new model
//   body from the file, only a new head: 8… %
//   then all layers with a small learning rate: 8… %
using System.Globalization;
using Workspaces.Hosting.Configuration;

const int Examples = 100, Epochs = 40;
const string Round = "0689";                            // the new question: has the digit a loop?

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RunConfiguration run = Example.Load(args, "fine-tuning.json");
WorkspaceConfiguration step = run.Root.GetWorkspace("step");
DataOptions data = run.GetOptions<DataOptions>(DataOptions.Section);
TrainingOptions training = run.GetOptions<TrainingOptions>(TrainingOptions.Section);
ulong seed = (ulong)training.Seed;
string folder = run.GetPath("Data:Folder")!, file = Path.Combine(Path.GetTempPath(), $"fine-tuning-{Environment.ProcessId}.safetensors");
LabeledImages known = MnistDataSet.Load(folder, DataSplit.Train), held = MnistDataSet.Load(folder, DataSplit.Test);
using var few = new DataLoader(Loops(known, Examples), data.BatchSize, shuffle: true, seed);
using var test = new DataLoader(Loops(held, held.Count), data.BatchSize);

// 1. The model whose work is used again: ten digits, all training data.
using (Sequential body = Body(), head = Head(10), model = new(body, head))
{
    using var all = new DataLoader(known, data.BatchSize, shuffle: true, seed);
    using var digits = new DataLoader(held, data.BatchSize);
    using var optimizer = new Adam(model.Parameters, learningRate: 1e-3);
    var options = new TrainerOptions { Epochs = training.Epochs, MaxSteps = training.MaxSteps, Step = step };
    TrainResult result = new Trainer(model, static (output, target) => output.CrossEntropy(target), optimizer, all, digits, options).Run();
    body.SaveState(file, new Dictionary<string, string> { ["trained on"] = "ten digits" });
    Console.WriteLine($"all digits: {result.TestAccuracy:P1} right; the body is written to a file of {ByteSize.Round(new FileInfo(file).Length)}");
}

// 2. The new question without and with the file.
using (Sequential body = Body(), head = Head(2))
{
    Learn(body, head, 1e-3, frozen: false);
    Console.WriteLine($"from scratch: {Accuracy(body, head):P1} right after {Examples} examples");
}

using (Sequential body = Body(), head = Head(2), model = new(body, head))
{
    body.LoadState(file);                               // all names, shapes and types are checked before anything is written
    File.Delete(file);
    Console.WriteLine($"the file fills {body.StateDict().Count} of the {model.StateDict().Count} tensors of a new model");
    Learn(body, head, 1e-3, frozen: true);
    Console.WriteLine($"body from the file, only a new head: {Accuracy(body, head):P1}");
    Learn(body, head, 1e-4, frozen: false);
    Console.WriteLine($"then all layers with a small learning rate: {Accuracy(body, head):P1}");
}

Sequential Body()
{
    var body = new Sequential(new Flatten(), new Linear(784, 256), new ReLU(), new Linear(256, 64), new ReLU());
    body.Initialize(seed);
    return body;
}

Sequential Head(int classes)
{
    var head = new Sequential(new Linear(64, classes));
    head.Initialize(seed);
    return head;
}

// A frozen body runs without gradients: no tape is kept of it, and its parameters get none.
void Learn(Module body, Module head, double learningRate, bool frozen)
{
    using var optimizer = new Adam(frozen ? head.Parameters : [.. body.Parameters, .. head.Parameters], learningRate);
    using Workspace workspace = WorkspaceManager.Create(step with { Name = $"tune-{frozen}" });
    for (int epoch = 0; epoch < Epochs; epoch++)
    {
        foreach ((Tensor x, Tensor y) in few.Epoch(epoch))
        {
            using Pass pass = workspace.Enter();
            Tensor features;
            using (frozen ? Gradients.Off() : default) features = body.Forward(x);
            head.Forward(features).CrossEntropy(y).Backward();
            optimizer.Step();
        }
    }
}

double Accuracy(Module body, Module head)
{
    using Workspace workspace = WorkspaceManager.Create(step with { Name = "judge" });
    long right = 0;
    foreach ((Tensor x, Tensor y) in test.Epoch(0))
    {
        using Pass pass = workspace.Enter();
        using NoGradScope off = Gradients.Off();
        right += head.Forward(body.Forward(x)).ArgMax().Equal(y).Sum().Item<long>();
    }

    return (double)right / test.DataSet.Count;
}

static LabeledSamples Loops(LabeledImages images, int count)
{
    var pixels = new float[count * images.FeatureCount];
    var labels = new long[count];
    for (int i = 0; i < count; i++)
    {
        images.CopySample(i, pixels.AsSpan(i * images.FeatureCount, images.FeatureCount), out long digit);
        labels[i] = Round.Contains((char)('0' + digit)) ? 1 : 0;
    }

    return DataSets.OfArrays("loops", pixels, images.FeatureShape, labels, classCount: 2);
}
