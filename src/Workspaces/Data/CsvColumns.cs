using System.Globalization;
using System.Text;

namespace Workspaces.Data;

/// <summary>Which column of a CSV file goes where: features and targets by their place in a sample.</summary>
internal sealed class CsvColumns
{
    /// <summary>Most columns of a file.</summary>
    internal const int Most = 1 << 16;

    /// <summary>A column that is not read.</summary>
    internal const int Unused = int.MinValue;

    private readonly string _path;
    private readonly string[] _names;
    private readonly int[] _places;

    private CsvColumns(string path, string[] names)
    {
        _path = path;
        _names = names;
        _places = new int[names.Length];
        Array.Fill(_places, Unused);
    }

    /// <summary>Columns of the file.</summary>
    internal int Count => _names.Length;

    internal int FeatureCount { get; private set; }

    internal int TargetCount { get; private set; }

    /// <summary>The place of a column: a feature from 0 up, a target from −1 down, or <see cref="Unused"/>.</summary>
    internal int PlaceOf(int column) => _places[column];

    internal string NameOf(int column) => _names[column];

    /// <summary>The names of the feature columns, in the order of the features.</summary>
    internal string[] FeatureNames()
    {
        var names = new string[FeatureCount];
        for (int column = 0; column < _places.Length; column++)
        {
            if (_places[column] >= 0) names[_places[column]] = _names[column];
        }

        return names;
    }

    /// <summary>Resolves the columns of the first row.</summary>
    internal static CsvColumns Of(string path, ReadOnlySpan<byte> firstRow, CsvOptions options)
    {
        var names = new List<string>();
        var reader = new CsvFieldReader(firstRow, (byte)options.Delimiter, new byte[firstRow.Length]);
        while (reader.Next())
        {
            if (names.Count == Most) CsvErrors.Throw(path, $"it has more than {Most} columns", "is the delimiter the right one?");
            names.Add(options.Header ? Encoding.UTF8.GetString(reader.Field).Trim() : names.Count.ToString(CultureInfo.InvariantCulture));
        }

        if (reader.IsMalformed) CsvErrors.ThrowRow(path, 1, "has a quote in or behind a field that is not doubled", "double it");
        var columns = new CsvColumns(path, [.. names]);
        columns.Place(options);
        return columns;
    }

    private void Place(CsvOptions options)
    {
        IReadOnlyList<string> targets = options.Targets ?? ["-1"];
        if (targets.Count == 0) CsvErrors.ThrowOptions(_path, "no target column is named", "name one in Targets");
        if (options.Task == CsvTask.Classification && targets.Count > 1)
            CsvErrors.ThrowOptions(_path, $"{targets.Count} target columns are named, and a class is one", "name one, or choose CsvTask.Regression");
        foreach (string target in targets) Take(target, -1 - TargetCount++);
        if (options.Features is { } features)
        {
            foreach (string feature in features) Take(feature, FeatureCount++);
        }
        else
        {
            for (int column = 0; column < _places.Length; column++)
            {
                if (_places[column] == Unused) _places[column] = FeatureCount++;
            }
        }

        if (FeatureCount == 0) CsvErrors.ThrowOptions(_path, $"of its {Count} columns none is left as a feature", "is the delimiter the right one? Else name other columns");
    }

    private void Take(string column, int place)
    {
        int index = Array.IndexOf(_names, column);
        if (index < 0 && int.TryParse(column, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            index = number < 0 ? number + Count : number;
        if ((uint)index >= (uint)Count) CsvErrors.ThrowColumn(_path, column, _names);
        if (_places[index] != Unused) CsvErrors.ThrowOptions(_path, $"column '{column}' is named twice", "name every column once, as a feature or as a target");
        _places[index] = place;
    }
}
