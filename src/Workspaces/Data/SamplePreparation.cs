using System.Buffers;
using Workspaces.Data.Transforms;
using Workspaces.Memory;

namespace Workspaces.Data;

/// <summary>
/// What a training does with a sample between the file and the model: scaling of pixels, and the transforms that are not for training alone, with the numbers that they
/// have learned. Checkpoints keep it, so that a model in use is given its samples exactly as in its training:
/// <code>
///   5,1,2        raw: a row of the file                     shape [3]
///   5,1,0,0,1    OneHot                                     shape [5]
///   0.3,−1,…     Standardize, with the training's numbers   shape [5]
/// </code>
/// </summary>
public sealed class SamplePreparation
{
    private readonly PreparationStep[] _steps;
    private readonly long[][] _shapes;
    private readonly int _largest;
    private readonly CsvForm? _form;

    private SamplePreparation(long[] rawShape, PreparationStep[] steps, PixelScaling? pixels, CsvForm? form)
    {
        _steps = steps;
        _form = form;
        Pixels = pixels;
        _shapes = new long[steps.Length + 1][];
        _shapes[0] = rawShape;
        _largest = (int)SampleSource.Product(rawShape);
        for (int i = 0; i < steps.Length; i++)
        {
            _shapes[i + 1] = steps[i].Transform.ShapeOf(_shapes[i]);
            _largest = Math.Max(_largest, (int)SampleSource.Product(_shapes[i + 1]));
        }

        if (_largest > int.MaxValue / 2) DataErrors.ThrowSampleShape(rawShape); // two of them share a buffer
        RawCount = (int)SampleSource.Product(rawShape);
        Count = (int)SampleSource.Product(_shapes[^1]);
    }

    /// <summary>Shape of a sample as the file has it.</summary>
    public IReadOnlyList<long> RawShape => _shapes[0];

    /// <summary>Numbers of a sample as the file has it.</summary>
    public int RawCount { get; }

    /// <summary>Shape of a sample as the model takes it.</summary>
    public IReadOnlyList<long> Shape => _shapes[^1];

    /// <summary>Numbers of a sample as the model takes it.</summary>
    public int Count { get; }

    /// <summary>How bytes of images become features; null when samples are no images of bytes.</summary>
    public PixelScaling? Pixels { get; }

    /// <summary>Whether samples are whole numbers, such as tokens; then nothing is done with them.</summary>
    public bool HasTokens { get; private init; }

    /// <summary>The characters of a text model, a token being a position in it; else null.</summary>
    public string? Vocabulary { get; private init; }

    /// <summary>The names of the classes where the training data had words for them; else empty.</summary>
    public IReadOnlyList<string> Classes { get; private init; } = [];

    /// <summary>The names of the columns that features come from, in their order; null when they are not from CSV with a head.</summary>
    public IReadOnlyList<string>? Columns => _form?.Columns;

    /// <summary>The number that missing features get; null where they are refused.</summary>
    public float? Fill => _form?.Fill;

    /// <summary>What stands between two fields of CSV.</summary>
    public char Delimiter => _form?.Delimiter ?? ',';

    /// <summary>What is done with the samples of a data set, usually the one to train on. Random transforms that keep the shape are left out, as in validation.</summary>
    /// <param name="dataSet">The data set, with its transforms.</param>
    /// <returns>The preparation.</returns>
    public static SamplePreparation Of(IDataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        var all = new List<PreparationStep>();
        IDataSet at = dataSet;
        for (bool down = true; down;)
        {
            switch (at)
            {
                case TransformedDataSet transformed:
                    for (int i = transformed.Transforms.Length - 1; i >= 0; i--) all.Add(new PreparationStep(transformed.Transforms[i], 0, transformed.Seed, i));
                    at = transformed.Source;
                    break;
                case SampleSubset part:
                    at = part.All;
                    break;
                default:
                    down = false;
                    break;
            }
        }

        all.Reverse();
        long[] raw = at.FeatureShape.ToArray();
        return new SamplePreparation(raw, ForUse(all, raw), (at as LabeledImages)?.Scaling, (at as LabeledSamples)?.Form ?? (at as TargetSamples)?.Form)
        {
            HasTokens = at is ITokenDataSet,
            Vocabulary = (at as TextDataSet)?.Vocabulary,
            Classes = (at as LabeledSamples)?.Classes ?? [],
        };
    }

    /// <summary>Prepares one sample.</summary>
    /// <param name="raw">Its <see cref="RawCount"/> numbers as the file has them; pixels are whole numbers from 0 to 255.</param>
    /// <param name="prepared">Receives its <see cref="Count"/> numbers as the model takes them.</param>
    /// <param name="sample">Its number, on which random transforms that change the shape depend.</param>
    /// <exception cref="ArgumentException">A length is another one.</exception>
    /// <exception cref="InvalidDataException">A number is none that the training can have had.</exception>
    public void Apply(ReadOnlySpan<float> raw, Span<float> prepared, int sample = 0)
    {
        if (raw.Length != RawCount) DataErrors.ThrowFeatureLength(nameof(SamplePreparation), RawCount, raw.Length);
        if (prepared.Length != Count) DataErrors.ThrowFeatureLength(nameof(SamplePreparation), Count, prepared.Length);
        float[] rented = ArrayPool<float>.Shared.Rent(2 * _largest);
        try
        {
            Span<float> now = rented.AsSpan(0, RawCount);
            if (Pixels is { } scaling) Scale(scaling, raw, now);
            else raw.CopyTo(now);
            for (int i = 0; i < _steps.Length; i++)
            {
                Span<float> next = rented.AsSpan(i % 2 == 0 ? _largest : 0, (int)SampleSource.Product(_shapes[i + 1]));
                _steps[i].Transform.Apply(_shapes[i], now, next, _steps[i].DrawFor(sample));
                now = next;
            }

            now.CopyTo(prepared);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>As it is written to a checkpoint.</summary>
    internal PreparationState ToState() => new()
    {
        RawShape = _shapes[0],
        HasTokens = HasTokens,
        Transforms = [.. _steps.Select(static step => step.ToState())],
        PixelMean = Pixels?.Mean,
        PixelDeviation = Pixels?.StandardDeviation,
        Vocabulary = Vocabulary,
        Classes = [.. Classes],
        Columns = _form?.Columns,
        Fill = Fill,
        Delimiter = Delimiter,
    };

    /// <summary>Makes it again.</summary>
    /// <exception cref="InvalidDataException">A transform is of a class that is not known here.</exception>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    internal static SamplePreparation Of(PreparationState state, Func<int, IReadOnlyList<long>, IDataTransform>? custom)
    {
        var steps = new PreparationStep[state.Transforms.Length];
        long[] shape = state.RawShape;
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = PreparationStep.Of(state.Transforms[i], shape, custom);
            shape = steps[i].Transform.ShapeOf(shape);
        }

        PixelScaling? pixels = state.PixelMean is { } mean ? new PixelScaling(mean, state.PixelDeviation ?? 1) : null;
        return new SamplePreparation(state.RawShape, steps, pixels, new CsvForm(state.Columns, state.Fill, state.Delimiter ?? ','))
        {
            HasTokens = state.HasTokens,
            Vocabulary = state.Vocabulary,
            Classes = state.Classes ?? [],
        };
    }

    private static PreparationStep[] ForUse(List<PreparationStep> all, long[] shape)
    {
        var used = new List<PreparationStep>();
        for (int i = 0; i < all.Count; i++)
        {
            long[] after = all[i].Transform.ShapeOf(shape);
            if (!all[i].Transform.IsRandom || !after.AsSpan().SequenceEqual(shape)) used.Add(all[i] with { Position = i });
            shape = after;
        }

        return [.. used];
    }

    private static void Scale(PixelScaling scaling, ReadOnlySpan<float> raw, Span<float> features)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            for (int i = 0; i < raw.Length; i++)
            {
                if (!(raw[i] >= 0 && raw[i] <= byte.MaxValue) || raw[i] != (byte)raw[i])
                    throw new InvalidDataException(WorkspaceException.Compose(
                        $"scale pixel {i} of a sample", nameof(SamplePreparation), $"it is {raw[i]}, and the training had bytes, 0 to 255",
                        "give the pixels as the images have them, or say that they are prepared already"));
                bytes[i] = (byte)raw[i];
            }

            scaling.Apply(bytes.AsSpan(0, raw.Length), features);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
