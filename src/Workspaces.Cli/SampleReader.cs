using System.Globalization;
using Workspaces.Data;
using Workspaces.Hosting.Composition;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Cli;

/// <summary>
/// Reads the samples of <c>infer</c>. A row of CSV holds the numbers of one sample, in the shape that the training had; the head may name the columns in any order,
/// with others between. Arrays bring their shape: one sample for each entry of the first axis.
/// </summary>
internal sealed class SampleReader : IDisposable
{
    private readonly SampleInput _input;
    private readonly SamplePreparation? _preparation;
    private readonly Shape? _sampleShape;
    private readonly bool _isWhole;
    private readonly Tensor _array;
    private readonly Workspace? _workspace;
    private int[]? _columns;

    internal SampleReader(SampleInput input, TrainedModel trained, SamplePreparation? preparation)
    {
        _input = input;
        _preparation = preparation;
        _isWhole = preparation?.HasTokens ?? trained.Checkpoint is { HasTokens: true };
        IReadOnlyList<long> shape = preparation?.RawShape ?? trained.Checkpoint?.SampleShape ?? [];
        _sampleShape = shape.Count > 0 ? new Shape([.. shape]) : null;
        if (input.Format == SampleFormat.Csv) return;
        _workspace = trained.Manager.Lease(new WorkspaceConfiguration());
        try
        {
            _array = Load(input);
        }
        catch
        {
            _workspace.Dispose();
            throw;
        }
    }

    /// <summary>The samples, so many together; the last ones may be fewer. The array of numbers is the same one each time.</summary>
    internal IEnumerable<SampleBatch> Read(int together, CancellationToken cancellation) =>
        _workspace is null ? ReadRows(together, cancellation) : ReadArray(together, cancellation);

    public void Dispose()
    {
        if (_workspace is null) return;
        _array.Dispose();
        _workspace.Dispose();
    }

    private static Tensor Load(SampleInput input)
    {
        Tensor array = input.Format == SampleFormat.Npy ? Npy.Load(input.ArrayPath) : LoadFromArchive(input);
        if (array.Shape.Rank > 0 && array.DType is DType.F32 or DType.F64 or DType.I64 or DType.I32 or DType.U8) return array;
        throw new InvalidDataException(WorkspaceException.Compose(
            $"read samples from {input.Name}", "infer", $"it holds {array.DType.Name} of shape {array.Shape}", "give numbers with the samples on the first axis"));
    }

    private static Tensor LoadFromArchive(SampleInput input)
    {
        using NpzFile archive = NpzFile.Open(input.ArrayPath);
        if (archive.Names.Count == 1) return archive.Load(archive.Names[0]);
        if (archive.Contains("x")) return archive.Load("x");
        string[] names = [.. archive.Names.Take(8)];
        throw new InvalidDataException(WorkspaceException.Compose(
            $"read samples from {input.Name}", "infer", $"it holds {archive.Names.Count} arrays ({string.Join(", ", names)}), and none is called x",
            "call the samples x, or give an archive with one array"));
    }

    private IEnumerable<SampleBatch> ReadArray(int together, CancellationToken cancellation)
    {
        long count = _array.Shape[0], size = count == 0 ? 0 : _array.Length / count;
        var sample = new Shape([.. Enumerable.Range(1, _array.Shape.Rank - 1).Select(axis => _array.Shape[axis])]);
        if (_preparation is { HasTokens: false } && count > 0)
        {
            if (size != _preparation.RawCount)
                throw new InvalidDataException(WorkspaceException.Compose(
                    $"read samples from {_input.Name}", "infer", $"they have the shape {sample}, and those of the training {_sampleShape}",
                    "give samples as the training data has them, or as the model takes them with --prepared"));
            sample = _sampleShape!.Value; // the same numbers, e.g. of images without the axis of their one channel
        }

        double[] all = Numbers(_array), values = new double[Math.Min(together, count) * size];
        for (long first = 0; first < count && !cancellation.IsCancellationRequested; first += together)
        {
            int rows = (int)Math.Min(together, count - first);
            Array.Copy(all, first * size, values, 0, rows * size);
            yield return new SampleBatch(values, rows, sample);
        }
    }

    private static double[] Numbers(Tensor array)
    {
        switch (array.DType)
        {
            case DType.F64: return Copy<double>(array, static value => value);
            case DType.I64: return Copy<long>(array, static value => value);
            case DType.I32: return Copy<int>(array, static value => value);
            case DType.U8: return Copy<byte>(array, static value => value);
            default: return Copy<float>(array, static value => value);
        }
    }

    private static double[] Copy<T>(Tensor array, Converter<T, double> convert)
        where T : unmanaged
    {
        var elements = new T[array.Length];
        array.CopyTo<T>(elements);
        return Array.ConvertAll(elements, convert);
    }

    private IEnumerable<SampleBatch> ReadRows(int together, CancellationToken cancellation)
    {
        double[]? values = null;
        var fields = new List<string>();
        int size = 0, rows = 0, number = 0;
        while (!cancellation.IsCancellationRequested && _input.ReadLine() is { } line)
        {
            number++;
            if (line.AsSpan().Trim().IsEmpty) continue;
            if (!CsvLine.Split(line, _preparation?.Delimiter ?? ',', fields))
                throw Refused(number, "it has a quote in a field that is not doubled, or does not end", "correct it");
            if (values is null && _columns is null && IsHead(fields))
            {
                TakeHead(fields, number);
                continue;
            }

            if (values is null)
            {
                size = SizeOf(fields, number);
                values = new double[together * (long)size];
            }

            if (_columns is null && fields.Count != size)
                throw Refused(number, $"it has {fields.Count} numbers, and the rows before it have {size}", "give rows of the same length");
            for (int i = 0; i < size; i++) values[(rows * size) + i] = Number(fields, _columns is null ? i : _columns[i], number);
            if (++rows < together) continue;
            yield return new SampleBatch(values, rows, _sampleShape ?? new Shape(size));
            rows = 0;
        }

        if (rows > 0 && !cancellation.IsCancellationRequested) yield return new SampleBatch(values!, rows, _sampleShape ?? new Shape(size));
    }

    /// <summary>Numbers of a sample, of the first row that has some.</summary>
    private int SizeOf(List<string> fields, int number)
    {
        int size = _columns?.Length ?? fields.Count;
        return _sampleShape is not { } shape || shape.Length == size
            ? size
            : throw Refused(
                number, $"it has {size} numbers, and a sample of shape {shape} has {shape.Length}", "give rows of that many numbers, or a head that names the columns");
    }

    /// <summary>A row of which no field is a number.</summary>
    private bool IsHead(List<string> fields) => fields.TrueForAll(field => !TryRead(field, out _) && !IsMissing(field));

    /// <summary>Finds the columns of the training by their names; without names the head says nothing.</summary>
    private void TakeHead(List<string> fields, int number)
    {
        _columns = null;
        if (_preparation?.Columns is not { } names) return;
        string[] missing = [.. names.Where(name => !fields.Contains(name.Trim()))];
        if (missing.Length > 0)
            throw Refused(
                number, $"its head lacks the columns {string.Join(", ", missing.Take(8))} of the training", "name the columns as the training data does, or leave the head out");
        _columns = [.. names.Select(name => fields.IndexOf(name.Trim()))];
    }

    private double Number(List<string> fields, int column, int row)
    {
        if (column >= fields.Count) throw Refused(row, $"it has {fields.Count} fields, and the head has more", "give rows of the same length");
        string field = fields[column];
        if (TryRead(field, out double value)) return value;
        if (_preparation?.Fill is { } fill && IsMissing(field)) return fill;
        throw Refused(row, $"'{(field.Length > 40 ? field[..40] + "…" : field)}' in column {column + 1} is no finite number", "write numbers with a decimal point, as in 0.5");
    }

    /// <summary>Features are read in the precision in which the training has read them.</summary>
    private bool TryRead(string field, out double value)
    {
        if (_isWhole) return double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        bool isNumber = float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number);
        value = number;
        return isNumber;
    }

    private static bool IsMissing(string field) => field.Length == 0 || field == "?"
        || field.Equals("na", StringComparison.OrdinalIgnoreCase) || field.Equals("nan", StringComparison.OrdinalIgnoreCase)
        || field.Equals("null", StringComparison.OrdinalIgnoreCase);

    private InvalidDataException Refused(int row, string numbers, string remedy) =>
        new(WorkspaceException.Compose($"read row {row} of {_input.Name}", "infer", numbers, remedy));
}
