// Trains under a cap on memory that is too small for a step: what does not fit lies in a mapped file, and the model that comes out is the same bit for bit. Settings:
// configs/spilling-training.json, or another file as first argument; other arguments are settings, e.g. Workspaces:step:MaxSize=128KiB. It prints
//
//   without a cap: loss 1.6…, arena 512.1 KiB, spilled 0 B
//   cap of 256.0 KiB: loss 1.6…, arena 256.0 KiB, spilled … MiB
//   cap of 256.0 KiB, spilling forbidden: Cannot allocate …
//   the losses are equal bit for bit
using System.Globalization;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string cap = $"cap of {ByteSize.Round(Load().Root.GetWorkspace("step").MaxSize)}";

double free = Train("without a cap", "Workspaces:step:MaxSize=0"), capped = Train(cap);
try
{
    Train(cap, "Workspaces:step:PolicySpill=Fail");
}
catch (OutOfWorkspaceException error)
{
    Console.WriteLine($"{cap}, spilling forbidden: {error.Message}");
}

Console.WriteLine($"the losses are {(free.Equals(capped) ? "equal bit for bit" : $"different: {free:R} and {capped:R}")}");

// The plan under a cap keeps what is short-lived in memory and what lives long in the file: see docs/spill.md.
double Train(string name, params string[] more)
{
    using TrainingRun run = TrainingRun.Create(Load(more));
    TrainResult result = run.Train();
    Console.WriteLine(
        $"{name}: loss {result.TrainLoss:F6}, arena {ByteSize.Round(result.Memory.ArenaPeakBytes)}, spilled {ByteSize.Round(result.Memory.SpilledBytes)}");
    return result.TrainLoss;
}

RunConfiguration Load(params string[] more) => Example.Load([.. args, .. more], "spilling-training.json");
