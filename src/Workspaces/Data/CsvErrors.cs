using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Workspaces.Memory;

namespace Workspaces.Data;

/// <summary>Every error of CSV files.</summary>
internal static class CsvErrors
{
    private const int LongestShown = 40;

    [DoesNotReturn]
    internal static void Throw(string path, string numbers, string remedy = "correct the file") =>
        throw new InvalidDataException(WorkspaceException.Compose($"read '{path}' as CSV", nameof(DataSets.OpenCsv), numbers, remedy));

    [DoesNotReturn]
    internal static void ThrowRow(string path, long row, string numbers, string remedy = "correct the file") =>
        Throw(path, string.Create(CultureInfo.InvariantCulture, $"row {row} {numbers}"), remedy);

    [DoesNotReturn]
    internal static void ThrowField(string path, long row, string column, ReadOnlySpan<byte> field, string wanted, string remedy = "correct the file") =>
        ThrowRow(path, row, $"has '{Shown(field)}' in column '{column}', and {wanted}", remedy);

    [DoesNotReturn]
    internal static void ThrowColumn(string path, string column, IReadOnlyList<string> known) => throw new ArgumentException(WorkspaceException.Compose(
        $"read column '{column}' of '{path}'", nameof(CsvOptions), $"the file has {known.Count} columns and none is called so",
        $"name one of {string.Join(", ", known.Take(12))}, or a number from {-known.Count} to {known.Count - 1}"));

    [DoesNotReturn]
    internal static void ThrowOptions(string path, string numbers, string remedy) =>
        throw new ArgumentException(WorkspaceException.Compose($"read '{path}' as CSV", nameof(CsvOptions), numbers, remedy));

    [DoesNotReturn]
    internal static void ThrowColumnOfWords(string path, string column, int most) =>
        Throw(path, $"its column '{column}' has more than {most} different words", "for numbers choose CsvTask.Regression");

    private static string Shown(ReadOnlySpan<byte> field) =>
        field.Length <= LongestShown ? Encoding.UTF8.GetString(field) : Encoding.UTF8.GetString(field[..LongestShown]) + "…";
}
