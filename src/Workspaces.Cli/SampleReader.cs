using System.Globalization;
using Workspaces.Hosting.Composition;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Cli;

/// <summary>
/// Reads the samples of <c>infer</c>. A row of CSV holds the numbers of one sample, in the shape that the checkpoint remembers; a first row that is no number is a head
/// and is passed over. Arrays of .npy bring their shape: one sample for each entry of the first axis.
/// </summary>
internal sealed class SampleReader : IDisposable
{
    internal const string StandardInput = "-";
    private readonly string _source;
    private readonly TextReader? _text;
    private readonly Shape? _sampleShape;
    private readonly Tensor _array;
    private readonly Workspace? _workspace;

    private SampleReader(string source, TextReader? text, Shape? sampleShape, Tensor array, Workspace? workspace)
    {
        (_source, _text, _sampleShape, _array, _workspace) = (source, text, sampleShape, array, workspace);
    }

    internal static SampleReader Open(string source, TrainedModel trained)
    {
        Shape? remembered = trained.Checkpoint is { SampleShape: { Count: > 0 } shape } ? new Shape([.. shape]) : null;
        if (source == StandardInput) return new SampleReader("standard input", Console.In, remembered, default, null);
        if (Path.GetExtension(source).Equals(".npy", StringComparison.OrdinalIgnoreCase)) return OpenArray(source, trained);
        if (!File.Exists(source))
            throw new FileNotFoundException(WorkspaceException.Compose(
                $"read samples from '{source}'", "infer", $"there is no such file (looked for '{Path.GetFullPath(source)}')", "name a .npy or CSV file, or - for standard input"));
        return new SampleReader(source, new StreamReader(source), remembered, default, null);
    }

    /// <summary>The samples, so many together; the last ones may be fewer. The array of numbers is the same one each time.</summary>
    internal IEnumerable<SampleBatch> Read(int together, CancellationToken cancellation) =>
        _text is null ? ReadArray(together, cancellation) : ReadRows(together, cancellation);

    public void Dispose()
    {
        if (!ReferenceEquals(_text, Console.In)) _text?.Dispose();
        if (_text is null) _array.Dispose();
        _workspace?.Dispose();
    }

    private static SampleReader OpenArray(string source, TrainedModel trained)
    {
        Workspace workspace = trained.Manager.Lease(new WorkspaceConfiguration());
        try
        {
            Tensor array = Npy.Load(source);
            if (array.Shape.Rank > 0 && array.DType is DType.F32 or DType.F64 or DType.I64 or DType.I32 or DType.U8) return new SampleReader(source, null, null, array, workspace);
            throw new InvalidDataException(WorkspaceException.Compose(
                $"read samples from '{source}'", "infer", $"it holds {array.DType.Name} of shape {array.Shape}", "give numbers with the samples on the first axis"));
        }
        catch
        {
            workspace.Dispose();
            throw;
        }
    }

    private IEnumerable<SampleBatch> ReadArray(int together, CancellationToken cancellation)
    {
        long count = _array.Shape[0], size = count == 0 ? 0 : _array.Length / count;
        var sample = new Shape([.. Enumerable.Range(1, _array.Shape.Rank - 1).Select(axis => _array.Shape[axis])]);
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
        int size = 0, rows = 0, number = 0;
        while (!cancellation.IsCancellationRequested && _text!.ReadLine() is { } line)
        {
            number++;
            if (line.AsSpan().Trim().IsEmpty) continue;
            string[] fields = line.Split(',');
            if (values is null && IsHead(fields, number)) continue;
            if (values is null)
            {
                size = fields.Length;
                if (_sampleShape is { } shape && shape.Length != size)
                    throw Refused(number, $"it has {size} numbers, and a sample of shape {shape} has {shape.Length}", "give rows of that many numbers");
                values = new double[together * (long)size];
            }

            if (fields.Length != size) throw Refused(number, $"it has {fields.Length} numbers, and the rows before it have {size}", "give rows of the same length");
            for (int i = 0; i < size; i++) values[(rows * size) + i] = Number(fields[i], number, i);
            if (++rows < together) continue;
            yield return new SampleBatch(values, rows, _sampleShape ?? new Shape(size));
            rows = 0;
        }

        if (rows > 0 && !cancellation.IsCancellationRequested) yield return new SampleBatch(values!, rows, _sampleShape ?? new Shape(size));
    }

    private static bool IsHead(string[] fields, int number) => number == 1 && Array.TrueForAll(fields, static field => !TryRead(field, out _));

    private double Number(string field, int row, int column) => TryRead(field, out double value)
        ? value
        : throw Refused(row, $"'{(field.Length > 40 ? field[..40] + "…" : field)}' in column {column + 1} is no finite number", "write numbers with a decimal point, as in 0.5");

    private static bool TryRead(string field, out double value) =>
        double.TryParse(field.AsSpan().Trim().Trim('"'), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private InvalidDataException Refused(int row, string numbers, string remedy) =>
        new(WorkspaceException.Compose($"read row {row} of {_source}", "infer", numbers, remedy));
}
