// Trains the model of a run file: model, loss, optimizer, data and workspaces all come from JSON. Settings: configs/mnist-mlp.json,
// or another file as first argument; other arguments are settings, e.g. Training:Epochs=2 Workspaces:step:MaxSize=64MiB.
// configs/mnist-lenet.json is a LeNet, char-gpt.json and char-lstm.json are models of text. It prints
//
//   layer  kind …
//   (a line a layer)
//   total …
//   training … epochs of … steps
//   epoch 1/…
//   test accuracy …, … steps, median … ms
//   … committed in all workspaces and slabs
using Serilog.Core;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Logging;
using Workspaces.Hosting.Progress;

RunConfiguration configuration = Example.Load(args, "mnist-mlp.json");
using Logger log = SerilogSetup.CreateLogger(configuration.Root);

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;                                  // finish the step, keep the model, then end
    stop.Cancel();
};

using TrainingRun run = TrainingRun.Create(configuration, log);
Console.WriteLine(run.Summarize());
TrainResult result = ConsoleProgress.Run(observer => run.Train(new SerilogTrainObserver(log, observer), stop.Token));
Console.WriteLine($"test accuracy {result.TestAccuracy:P2}, {result.Steps} steps, median {result.MillisecondsPerStepMedian:F2} ms");
Console.WriteLine($"{ByteSize.Round(run.Manager.Memory.Committed)} committed in all workspaces and slabs");
