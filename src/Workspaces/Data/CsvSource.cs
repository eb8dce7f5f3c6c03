using System.Buffers;
using System.Globalization;
using System.Text;
using Workspaces.IO;

namespace Workspaces.Data;

/// <summary>Rows of a CSV file, read and parsed when they are asked for; nothing is kept but where they begin.</summary>
internal sealed class CsvSource : SampleSource
{
    /// <summary>Bytes of a row and its scratch up to which no buffer is rented.</summary>
    private const int MostOnStack = 8192;

    private readonly RegularFile _file;
    private readonly CsvRows _rows;
    private readonly CsvColumns _columns;
    private readonly CsvOptions _options;
    private readonly int _firstRow;

    private CsvSource(RegularFile file, CsvRows rows, CsvColumns columns, CsvOptions options, int firstRow)
        : base(file.Path, rows.Count - firstRow, [columns.FeatureCount])
    {
        _file = file;
        _rows = rows;
        _columns = columns;
        _options = options;
        _firstRow = firstRow;
        Form = new CsvForm(options.Header ? columns.FeatureNames() : null, options.Missing == MissingValues.Fill ? options.Fill : null, options.Delimiter);
        Classes = options.Classes is { } classes ? new CsvClasses(classes) : new CsvClasses();
    }

    /// <summary>The classes; found when all rows have been parsed once.</summary>
    internal CsvClasses Classes { get; }

    internal int TargetCount => _columns.TargetCount;

    private bool IsRegression => _options.Task == CsvTask.Regression;

    /// <summary>Opens a file and finds its rows, columns and classes.</summary>
    internal static CsvSource Open(string path, CsvOptions options)
    {
        CheckOptions(path, options);
        RegularFile file = RegularFile.Open(path, nameof(DataSets.OpenCsv));
        try
        {
            CsvRows rows = CsvRows.Find(file);
            int firstRow = options.Header ? 1 : 0;
            if (rows.Count <= firstRow) CsvErrors.Throw(path, $"it has {rows.Count} rows{(options.Header ? ", the head included" : "")}", "give a file with samples");
            CsvColumns columns = CsvColumns.Of(path, rows.Read(0, new byte[rows.LongestBytes]), options);
            var source = new CsvSource(file, rows, columns, options, firstRow);
            if (!source.IsRegression) source.FindClasses();
            return source;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal override void Copy(int index, Span<float> features, Span<float> targets, out long label)
    {
        int bytes = 2 * _rows.LongestBytes;
        if (bytes <= MostOnStack)
        {
            Parse(index + _firstRow, stackalloc byte[MostOnStack], features, targets, out label);
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            Parse(index + _firstRow, buffer, features, targets, out label);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void Dispose() => _file.Dispose();

    private static void CheckOptions(string path, CsvOptions options)
    {
        if (options.Delimiter is '"' or '\r' or '\n' or '\0' || options.Delimiter > 127)
            CsvErrors.ThrowOptions(path, $"the delimiter is the character {(int)options.Delimiter}", "choose an ASCII character that is no quote and no line end");
        if (!float.IsFinite(options.Fill)) CsvErrors.ThrowOptions(path, $"missing values are to become {options.Fill}", "choose a finite number");
        if (options.Task is not (CsvTask.Classification or CsvTask.Regression) || options.Missing is not (MissingValues.Refuse or MissingValues.Fill))
            CsvErrors.ThrowOptions(path, $"Task is {options.Task} and Missing is {options.Missing}", "choose named members");
    }

    private void FindClasses()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(2 * _rows.LongestBytes);
        try
        {
            for (int row = _firstRow; row < _rows.Count; row++)
            {
                var reader = new CsvFieldReader(_rows.Read(row, buffer), (byte)_options.Delimiter, buffer.AsSpan(_rows.LongestBytes));
                for (int column = 0; reader.Next() && column < _columns.Count; column++)
                {
                    if (_columns.PlaceOf(column) != -1) continue;
                    if (IsMissing(reader.Field)) CsvErrors.ThrowField(_file.Path, row + 1, _columns.NameOf(column), reader.Field, "every sample has a class");
                    if (!Classes.Add(reader.Field))
                        CsvErrors.ThrowColumnOfWords(_file.Path, _columns.NameOf(column), CsvClasses.Most);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Classes.End();
    }

    private void Parse(int row, Span<byte> buffer, Span<float> features, Span<float> targets, out long label)
    {
        label = 0;
        int column = 0;
        var reader = new CsvFieldReader(_rows.Read(row, buffer), (byte)_options.Delimiter, buffer[_rows.LongestBytes..]);
        for (; reader.Next(); column++)
        {
            int place = column < _columns.Count ? _columns.PlaceOf(column) : CsvColumns.Unused;
            if (place >= 0) features[place] = NumberOf(row, column, reader.Field, isFeature: true);
            else if (place == CsvColumns.Unused) continue;
            else if (IsRegression) targets[-1 - place] = NumberOf(row, column, reader.Field, isFeature: false);
            else label = LabelOf(row, column, reader.Field);
        }

        if (reader.IsMalformed) CsvErrors.ThrowRow(_file.Path, row + 1, "has a quote in or behind a field that is not doubled", "double it");
        if (column != _columns.Count) CsvErrors.ThrowRow(_file.Path, row + 1, $"has {column} fields, and the first row has {_columns.Count}");
    }

    private long LabelOf(int row, int column, ReadOnlySpan<byte> field)
    {
        long label = Classes.NumberOf(field);
        if (label < 0)
            CsvErrors.ThrowField(
                _file.Path, row + 1, _columns.NameOf(column), field, "that is none of the classes", "correct the file, or give the classes that it has in CsvOptions.Classes");
        return label;
    }

    private float NumberOf(int row, int column, ReadOnlySpan<byte> field, bool isFeature)
    {
        if (IsMissing(field))
        {
            if (isFeature && _options.Missing == MissingValues.Fill) return _options.Fill;
            CsvErrors.ThrowField(
                _file.Path, row + 1, _columns.NameOf(column), field, "a number is missing there",
                isFeature ? "fill it, or set Missing to Fill" : "a target cannot be made up; take the row out");
        }

        if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) || !float.IsFinite(number))
            CsvErrors.ThrowField(
                _file.Path, row + 1, _columns.NameOf(column), field, "a finite number with a decimal point is expected",
                isFeature ? "correct the file, or leave the column out of Features" : "correct the file, or name other Targets");
        return number;
    }

    private static bool IsMissing(ReadOnlySpan<byte> field)
    {
        field = field.Trim((byte)' ');
        return field.Length switch
        {
            0 => true,
            1 => field[0] == (byte)'?',
            2 => Ascii.EqualsIgnoreCase(field, "na"u8),
            3 => Ascii.EqualsIgnoreCase(field, "nan"u8),
            4 => Ascii.EqualsIgnoreCase(field, "null"u8),
            _ => false,
        };
    }
}
