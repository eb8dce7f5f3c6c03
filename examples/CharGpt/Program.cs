// Trains a small GPT on a text, character by character, and lets it write. Settings: configs/char-gpt.json, or another file as first argument (an LSTM:
// configs/char-lstm.json); other arguments are settings, e.g. Training:MaxSteps=200. After the progress of the training it prints
//
//   … steps, loss on the text kept aside …
//   --- …
//   (500 characters of its own)
//   --- 500 characters, … ms and 0 bytes of garbage each
//   --- … kept from character to character
using System.Diagnostics;
using Serilog.Core;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Logging;
using Workspaces.Hosting.Progress;
using Workspaces.Seams;

const int Characters = 500, Beginning = 20;

RunConfiguration configuration = Example.Load(args, "char-gpt.json");
DataOptions data = configuration.GetOptions<DataOptions>(DataOptions.Section);
TrainingOptions training = configuration.GetOptions<TrainingOptions>(TrainingOptions.Section);
TextDataSet text = TextDataSet.Load(configuration.GetPath("Data:File")!, data.Length, data.ValidationFraction).Train;
using Logger log = SerilogSetup.CreateLogger(configuration.Root);

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;                                  // finish the step, then write with what was learned
    stop.Cancel();
};

using TrainingRun run = TrainingRun.Create(configuration, log);
TrainResult result = ConsoleProgress.Run(observer => run.Train(new SerilogTrainObserver(log, observer), stop.Token));
Console.WriteLine($"{result.Steps} steps, loss on the text kept aside {result.TestLoss:F4}");

// It begins as the text does. Every token is a pass over one position: what the layers know of those before is kept, so that one plan serves all tokens.
var choice = new TokenChoice { Temperature = 0.8, TopK = 12, Seed = (ulong)training.Seed };
using var generator = new IncrementalGenerator(run.Model, data.Length, text.ClassCount, choice);
var window = new long[data.Length];
text.CopyTokens(0, window, new long[data.Length]);
long[] beginning = window[..Math.Min(Beginning, data.Length)];
var written = new long[Characters];

generator.Start(beginning);
generator.Write(written.AsSpan(0, 1));                  // all that comes after runs from the plan
long garbage = GC.GetAllocatedBytesForCurrentThread(), begin = Stopwatch.GetTimestamp();
generator.Write(written.AsSpan(1));
double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
garbage = GC.GetAllocatedBytesForCurrentThread() - garbage;

Console.WriteLine($"--- {text.Decode(beginning)}");
Console.WriteLine(text.Decode(written));
Console.WriteLine($"--- {Characters} characters, {milliseconds / (Characters - 1):F2} ms and {garbage / (Characters - 1)} bytes of garbage each");
Console.WriteLine($"--- {ByteSize.Round(generator.KeptBytes)} kept from character to character");
