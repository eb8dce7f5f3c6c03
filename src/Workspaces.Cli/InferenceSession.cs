using System.Diagnostics;
using System.Text.Json.Nodes;
using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Hosting.Composition;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Cli;

/// <summary>Runs a model on batches, each in a pass of a workspace. New shapes are traced before they run, so that already the first call runs from a plan.</summary>
internal sealed class InferenceSession : IDisposable
{
    private readonly TrainedModel _trained;
    private readonly SamplePreparation? _preparation;
    private readonly bool _probabilities;
    private readonly bool _tokens;
    private readonly Workspace _workspace;
    private readonly HashSet<Shape> _traced = [];
    private long _index;
    private double _milliseconds;
    private string _firstState = "";

    internal InferenceSession(TrainedModel trained, SamplePreparation? preparation, bool probabilities)
    {
        if (probabilities && !trained.HasClasses)
            throw new ArgumentException(WorkspaceException.Compose(
                "print probabilities", "infer", $"the loss {trained.Configuration.Root["Loss:Type"] ?? "(none)"} is not one of classes", "leave --probabilities away"));
        _trained = trained;
        _preparation = preparation;
        _probabilities = probabilities;
        _tokens = preparation?.HasTokens ?? trained.Checkpoint?.HasTokens ?? trained.Model.Children.FirstOrDefault() is Embedding;
        _workspace = trained.Manager.Lease(new WorkspaceConfiguration { Name = "infer" });
    }

    /// <summary>A line for each sample.</summary>
    internal List<JsonObject> Run(SampleBatch batch)
    {
        if (_preparation is { HasTokens: false }) batch = Prepared(batch, _preparation);
        Shape shape = new([batch.Count, .. Sizes(batch.SampleShape)]);
        DType dtype = _tokens ? DType.I64 : DType.F32;
        PassSignature signature = new PassSignature().WithMode(training: false).WithInput(dtype, shape);
        if (_traced.Add(shape)) new ShapeTrace(_workspace).Run(signature, [], _ => Forward(batch, shape));
        long begin = Stopwatch.GetTimestamp();
        var lines = new List<JsonObject>(batch.Count);
        using (_workspace.Enter(signature)) Print(Forward(batch, shape), batch.Count, lines);
        _milliseconds += Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        if (_firstState.Length == 0) _firstState = _workspace.State.ToString();
        return lines;
    }

    internal JsonObject Figures(bool cancelled) => new()
    {
        ["samples"] = _index,
        ["ms_per_sample"] = _index > 0 ? _milliseconds / _index : null,
        ["first_pass_state"] = _firstState,
        ["pass_state"] = _workspace.State.ToString(),
        ["learning_peak_bytes"] = _workspace.LearningPeakBytes,
        ["deviations"] = _workspace.Deviations,
        ["cancelled"] = cancelled,
    };

    public void Dispose() => _workspace.Dispose();

    private static long[] Sizes(Shape shape)
    {
        var sizes = new long[shape.Rank];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = shape[i];
        return sizes;
    }

    /// <summary>The samples as the model takes them.</summary>
    private SampleBatch Prepared(in SampleBatch raw, SamplePreparation preparation)
    {
        float[] from = new float[preparation.RawCount], to = new float[preparation.Count];
        double[] values = new double[raw.Count * (long)preparation.Count];
        for (int sample = 0; sample < raw.Count; sample++)
        {
            for (int i = 0; i < from.Length; i++) from[i] = (float)raw.Values[(sample * from.Length) + i];
            try
            {
                preparation.Apply(from, to, (int)((_index + sample) & int.MaxValue));
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"Sample {_index + sample}: {error.Message}", error);
            }

            for (int i = 0; i < to.Length; i++) values[(sample * to.Length) + i] = to[i];
        }

        return new SampleBatch(values, raw.Count, new Shape([.. preparation.Shape]));
    }

    /// <summary>Everything that a pass does; values are filled in only when it runs for real.</summary>
    private Tensor Forward(in SampleBatch batch, Shape shape)
    {
        using NoGradScope off = Gradients.Off();
        Tensor input = _tokens ? Input(batch, shape, static value => (long)value) : Input(batch, shape, static value => (float)value);
        return _trained.Model.Forward(input);
    }

    private static Tensor Input<T>(in SampleBatch batch, Shape shape, Func<double, T> convert)
        where T : unmanaged
    {
        var values = new T[shape.Length];
        for (int i = 0; i < values.Length; i++) values[i] = convert(batch.Values[i]);
        return Tensor.From<T>(values, shape);
    }

    private void Print(Tensor output, int count, List<JsonObject> lines)
    {
        double[] values = new double[output.Length];
        if (output.DType == DType.F32) output.Read<float>(elements => Widen(elements, values));
        else output.Read<double>(elements => elements.CopyTo(values));
        int size = values.Length / count, classes = output.Shape.Rank < 2 ? 1 : (int)output.Shape[output.Shape.Rank - 1];
        for (int sample = 0; sample < count; sample++)
        {
            Span<double> its = values.AsSpan(sample * size, size);
            var line = new JsonObject { ["index"] = _index++ };
            if (_trained.HasClasses) AddClasses(line, its, classes);
            else line["prediction"] = NumbersOf(its);
            lines.Add(line);
        }
    }

    /// <summary>One class, or one for each position of a sequence.</summary>
    private void AddClasses(JsonObject line, Span<double> scores, int classes)
    {
        var best = new JsonArray();
        var sure = new JsonArray();
        var all = new JsonArray();
        for (int at = 0; at < scores.Length; at += classes)
        {
            Span<double> row = scores.Slice(at, classes);
            int choice = Softmax(row);
            best.Add(choice);
            sure.Add(JsonLine.Finite(row[choice]));
            if (_probabilities) all.Add(NumbersOf(row));
        }

        bool single = best.Count == 1;
        line["prediction"] = single ? best[0]!.DeepClone() : best;
        if (single && best[0]!.GetValue<int>() is var number && _preparation?.Classes is { } names && number < names.Count) line["class"] = names[number];
        if (!single && _preparation?.Vocabulary is { } letters && classes == letters.Length)
            line["text"] = string.Concat(best.Select(token => letters[token!.GetValue<int>()]));
        line["probability"] = single ? sure[0]?.DeepClone() : sure;
        if (_probabilities) line["probabilities"] = single ? all[0]!.DeepClone() : all;
    }

    /// <summary>Turns scores into probabilities and gives the place of the largest one.</summary>
    private static int Softmax(Span<double> row)
    {
        int best = 0;
        for (int i = 1; i < row.Length; i++)
        {
            if (row[i] > row[best]) best = i;
        }

        double largest = row[best], sum = 0;
        foreach (ref double value in row)
        {
            value = Math.Exp(value - largest);
            sum += value;
        }

        foreach (ref double value in row) value /= sum;
        return best;
    }

    private static JsonArray NumbersOf(ReadOnlySpan<double> values)
    {
        var json = new JsonArray();
        foreach (double value in values) json.Add(JsonLine.Finite(value));
        return json;
    }

    private static void Widen(ReadOnlySpan<float> from, double[] to)
    {
        for (int i = 0; i < to.Length; i++) to[i] = from[i];
    }
}
