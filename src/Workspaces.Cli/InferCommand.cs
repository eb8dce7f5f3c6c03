using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary><c>infer MODEL</c>: runs a trained model on samples and prints a JSON line for each.</summary>
internal static class InferCommand
{
    private const int MostInBatch = 1 << 16;

    internal static Command Create()
    {
        var model = new Argument<string>("model") { Description = "A checkpoint, a folder of some, or a run file together with --weights." };
        var weights = new Option<string?>("--weights") { Description = "Weights of a run file's model, in safetensors." };
        var input = new Option<string>("--input") { Description = "Samples: .npy, a table of numbers in CSV, or - for CSV from standard input.", DefaultValueFactory = _ => "-" };
        var probabilities = new Option<bool>("--probabilities") { Description = "Print the probability of every class." };
        var batch = new Option<int?>("--batch-size") { Description = "Samples computed together; 32, and 1 from standard input." };
        var set = new Option<string[]>("--set") { Description = "A key of the configuration, e.g. Training:Threads=1; repeatable.", AllowMultipleArgumentsPerToken = false };
        var json = new Option<bool>("--json") { Description = "Print one JSON object with figures as the last line." };
        var command = new Command("infer", "Run a trained model on samples; a JSON line for each.") { model, weights, input, probabilities, batch, set, json };
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            string source = parsed.GetValue(input)!;
            int together = parsed.GetValue(batch) ?? (source == SampleReader.StandardInput ? 1 : 32);
            if (together is < 1 or > MostInBatch)
                throw Refused(
                    string.Create(CultureInfo.InvariantCulture, $"compute {together} samples together"), $"1 to {MostInBatch} are possible", "give --batch-size in this range");
            using TrainedModel trained = Load(parsed.GetValue(model)!, parsed.GetValue(weights), parsed.GetValue(set) ?? []);
            return Run(trained, source, together, parsed.GetValue(probabilities), parsed.GetValue(json));
        }));
        return command;
    }

    private static TrainedModel Load(string model, string? weights, string[] settings)
    {
        if (model.Length == 0) throw Refused("run a model", "its name is empty", "name a checkpoint, or a run file with --weights");
        bool isRunFile = Path.GetExtension(model).Equals(".json", StringComparison.OrdinalIgnoreCase);
        if (!isRunFile && weights is not null) throw Refused($"run '{model}' with other weights", "a checkpoint has its own", "leave --weights away, or give a run file");
        if (!isRunFile) return TrainedModel.Load(model, settings);
        if (weights is null) throw Refused($"run the model of '{model}'", "a run file has no weights", "give --weights FILE.safetensors, or a checkpoint instead");
        return TrainedModel.Load(RunConfiguration.Load(model, settings), weights);
    }

    private static int Run(TrainedModel trained, string source, int together, bool probabilities, bool json)
    {
        using var stop = new StopSignals();
        using var samples = SampleReader.Open(source, trained);
        using var inference = new InferenceSession(trained, probabilities);
        foreach (SampleBatch batch in samples.Read(together, stop.Token))
        {
            foreach (JsonObject line in inference.Run(batch)) JsonLine.Print(line);
            Console.Out.Flush();
            if (stop.Token.IsCancellationRequested) break;
        }

        if (json) JsonLine.Print(inference.Figures(stop.Token.IsCancellationRequested));
        return stop.Code;
    }

    private static ArgumentException Refused(string asked, string numbers, string remedy) => new(WorkspaceException.Compose(asked, "infer", numbers, remedy));
}
