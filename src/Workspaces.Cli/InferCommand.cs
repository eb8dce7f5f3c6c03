using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Data;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Seams;

namespace Workspaces.Cli;

/// <summary><c>infer MODEL</c>: runs a trained model on samples and prints a JSON line for each; a model of texts goes on with each line that it is given.</summary>
internal static class InferCommand
{
    private const int MostInBatch = 1 << 16, MostCharacters = 1 << 24;

    internal static Command Create(Func<Stream> standardInput)
    {
        var model = new Argument<string>("model") { Description = "A checkpoint, a folder of some, or a run file together with --weights." };
        var weights = new Option<string?>("--weights") { Description = "Weights of a run file's model, in safetensors." };
        var input = new Option<string>("--input")
        {
            Description = "Samples: .npy, .npz, a table in CSV, a text, or - for any of them from standard input.",
            DefaultValueFactory = _ => SampleInput.StandardInput,
        };
        var format = new Option<SampleFormat>("--format")
        {
            Description = "What the input is: Npy, Npz, Csv or Text; Auto looks at it.",
            DefaultValueFactory = _ => SampleFormat.Auto,
        };
        var prepared = new Option<bool>("--prepared") { Description = "Samples are as the model takes them: no scaling and no transforms of the training." };
        var probabilities = new Option<bool>("--probabilities") { Description = "Print the probability of every class." };
        var batch = new Option<int?>("--batch-size") { Description = "Samples computed together; 32, and 1 from standard input." };
        var length = new Option<int>("--length") { Description = "Characters that a model of texts writes behind each line.", DefaultValueFactory = _ => 200 };
        var temperature = new Option<double>("--temperature") { Description = "How freely it chooses them: 0 always takes the likeliest one.", DefaultValueFactory = _ => 0.8 };
        var topK = new Option<int>("--top-k") { Description = "It chooses from so many of the likeliest ones; 0 for all." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of its choices.", DefaultValueFactory = _ => 1 };
        var set = new Option<string[]>("--set") { Description = "A key of the configuration, e.g. Training:Threads=1; repeatable.", AllowMultipleArgumentsPerToken = false };
        var json = new Option<bool>("--json") { Description = "Print one JSON object with figures as the last line." };
        var command = new Command("infer", "Run a trained model on samples; a JSON line for each.")
        {
            model, weights, input, format, prepared, probabilities, batch, length, temperature, topK, seed, set, json,
        };
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            string source = parsed.GetValue(input)!;
            int together = parsed.GetValue(batch) ?? (source == SampleInput.StandardInput ? 1 : 32);
            CheckRange(together, 1, MostInBatch, "compute {0} samples together", "--batch-size");
            CheckRange(parsed.GetValue(length), 1, MostCharacters, "write {0} characters", "--length");
            CheckRange(parsed.GetValue(topK), 0, int.MaxValue, "choose among the {0} likeliest characters", "--top-k");
            if (!(parsed.GetValue(temperature) is >= 0 and < double.PositiveInfinity))
                throw Refused($"choose characters at temperature {JsonLine.Plain(parsed.GetValue(temperature))}", "it is finite and at least 0", "give --temperature 0.8, or 0");
            using TrainedModel trained = Load(parsed.GetValue(model)!, parsed.GetValue(weights), parsed.GetValue(set) ?? []);
            SamplePreparation? preparation = parsed.GetValue(prepared) ? null : PreparationOf(trained);
            using SampleInput samples = SampleInput.Open(source, parsed.GetValue(format), standardInput, isText: preparation?.Vocabulary is not null);
            if (samples.Format != SampleFormat.Text)
                return Run(trained, preparation, samples, together, parsed.GetValue(probabilities), parsed.GetValue(json));
            var choice = new TokenChoice { Temperature = parsed.GetValue(temperature), TopK = parsed.GetValue(topK), Seed = parsed.GetValue(seed) };
            return Write(trained, preparation, samples, choice, parsed.GetValue(length), parsed.GetValue(json));
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

    private static SamplePreparation? PreparationOf(TrainedModel trained)
    {
        try
        {
            return trained.Prepare();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException(WorkspaceException.Compose(
                "prepare samples as the training did", "infer", $"the model is no checkpoint that has kept how, and the training data cannot be read ({error.Message})",
                "put the training data where the run file says, give a checkpoint, or give samples as the model takes them with --prepared"), error);
        }
    }

    private static int Run(TrainedModel trained, SamplePreparation? preparation, SampleInput input, int together, bool probabilities, bool json)
    {
        using var stop = new StopSignals();
        if (together > 1) trained.Model.PackWeights();
        using var inference = new InferenceSession(trained, preparation, probabilities);
        using var samples = new SampleReader(input, trained, preparation);
        foreach (SampleBatch batch in samples.Read(together, stop.Token))
        {
            foreach (JsonObject line in inference.Run(batch)) JsonLine.Print(line);
            Console.Out.Flush();
            if (stop.Token.IsCancellationRequested) break;
        }

        if (json) JsonLine.Print(inference.Figures(stop.Token.IsCancellationRequested));
        return stop.Code;
    }

    private static int Write(TrainedModel trained, SamplePreparation? preparation, SampleInput input, TokenChoice choice, int length, bool json)
    {
        if (preparation is not { Vocabulary: not null })
            throw Refused(
                $"go on with the text of {input.Name}", "the model was not trained on a text, or its vocabulary is not known",
                "give numbers, or a checkpoint of a run with Data:Type = Text");
        using var stop = new StopSignals();
        using var writing = new WritingSession(trained, preparation, choice, length);
        while (!stop.Token.IsCancellationRequested && input.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            JsonLine.Print(writing.Run(line, stop.Token));
            Console.Out.Flush();
        }

        if (json) JsonLine.Print(writing.Figures(stop.Token.IsCancellationRequested));
        return stop.Code;
    }

    private static void CheckRange(int value, int least, int most, string asked, string option)
    {
        if (value < least || value > most)
            throw Refused(string.Format(CultureInfo.InvariantCulture, asked, value), $"{least} to {most} are possible", $"give {option} in this range");
    }

    private static ArgumentException Refused(string asked, string numbers, string remedy) => new(WorkspaceException.Compose(asked, "infer", numbers, remedy));
}
