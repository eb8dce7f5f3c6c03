using System.Globalization;

namespace Workspaces.Memory.Planning;

/// <summary>
/// Planning problems and plans as CSV: <c>id,lower,upper,size</c>, found by name in any order, other columns ignored; plans add <c>offset</c>.
/// Reads line by line and keeps 32 bytes a buffer.
/// </summary>
public static class TraceCsv
{
    private static readonly string[] Columns = ["id", "lower", "upper", "size"];

    /// <summary>Reads a problem from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="alignment">Alignment of the problem, a power of two.</param>
    /// <param name="cancellationToken">Ends the reading between two lines.</param>
    /// <exception cref="InvalidDataException">The file is no trace; the message names the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static PlanningProblem Read(string path, int alignment = PlanningProblem.DefaultAlignment, CancellationToken cancellationToken = default)
    {
        using var reader = new StreamReader(path);
        return Read(reader, path, alignment, cancellationToken);
    }

    /// <summary>Reads a problem.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">Name of the text, for messages.</param>
    /// <param name="alignment">Alignment of the problem, a power of two.</param>
    /// <param name="cancellationToken">Ends the reading between two lines.</param>
    /// <exception cref="InvalidDataException">The text is no trace; the message names the line.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static PlanningProblem Read(
        TextReader reader, string name, int alignment = PlanningProblem.DefaultAlignment, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new LineReader(reader);
        if (Line(lines, name, 1) is not { } header || header.AsSpan().Trim().IsEmpty)
            throw Bad(name, 1, "it is empty", $"begin with the header {string.Join(',', Columns)}");
        int[] places = Places(header, name);
        int width = FieldsOf(header);
        var buffers = new List<PlanBuffer>();
        int number = 1;
        bool ended = false, ascending = true;
        Int128 total = 0;
        while (Line(lines, name, number + 1) is { } line)
        {
            number++;
            cancellationToken.ThrowIfCancellationRequested();
            if (line.AsSpan().Trim().IsEmpty)
            {
                ended = true;
                continue;
            }

            // Row i stands in line i + 2, so that a duplicate found later can be named by its line.
            if (ended) throw Bad(name, number - 1, "the line is empty", "remove empty lines");
            PlanBuffer buffer = Row(line, places, width, name, number);
            total += ((Int128)buffer.Size + alignment - 1) / Math.Max(1, alignment) * alignment;
            if (total > long.MaxValue) throw Bad(name, number, $"the sizes up to here add up to {total} bytes, more than {long.MaxValue}", "give sizes in bytes");
            ascending &= buffers.Count == 0 || buffers[^1].Id < buffer.Id;
            buffers.Add(buffer);
        }

        if (buffers.Count == 0) throw Bad(name, number, "it has no buffers", "give one line for each buffer below the header");
        PlanBuffer[] rows = [.. buffers];
        if (!ascending) RefuseDuplicates(rows, name);
        return new PlanningProblem(rows, alignment);
    }

    /// <summary>Writes a plan: the problem's columns and <c>offset</c>.</summary>
    /// <param name="writer">Takes the text.</param>
    /// <param name="problem">The buffers.</param>
    /// <param name="plan">Their offsets.</param>
    public static void Write(TextWriter writer, PlanningProblem problem, MemoryPlan plan)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(plan);
        writer.Write("id,lower,upper,size,offset\n");
        for (int i = 0; i < problem.Count; i++)
        {
            PlanBuffer buffer = problem.Buffers[i];
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{buffer.Id},{buffer.Lower},{buffer.Upper},{buffer.Size},{plan.Offsets[i]}\n"));
        }
    }

    /// <summary>Reads the offsets of a plan of a problem; rows may come in any order and are matched by <c>id</c>.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">Name of the text, for messages.</param>
    /// <param name="problem">The problem that the plan is for.</param>
    /// <returns>The plan, not validated: its peak is the highest end of a buffer.</returns>
    /// <exception cref="InvalidDataException">The text is no plan of this problem; the message names the line.</exception>
    public static MemoryPlan ReadPlan(TextReader reader, string name, PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(problem);
        var lines = new LineReader(reader);
        string header = Line(lines, name, 1) ?? "";
        int[] places = Places(header, name, ["id", "offset"]);
        int width = FieldsOf(header);
        var rows = new Dictionary<long, int>(problem.Count);
        for (int i = 0; i < problem.Count; i++) rows[problem.Buffers[i].Id] = i;
        var offsets = new long[problem.Count];
        long peak = 0;
        int number = 1;
        Span<long> values = stackalloc long[2];
        while (Line(lines, name, number + 1) is { } line)
        {
            number++;
            if (line.AsSpan().Trim().IsEmpty) continue;
            Values(line, places, ["id", "offset"], width, values, name, number);
            if (!rows.Remove(values[0], out int row)) throw Bad(name, number, $"id {values[0]} is no buffer of the problem, or comes twice", "give one line for each buffer");
            if (values[1] > long.MaxValue - problem.Occupied(row)) throw Bad(name, number, $"offset {values[1]} lies beyond all memory", "plan again");
            offsets[row] = values[1];
            peak = Math.Max(peak, values[1] + problem.Occupied(row));
        }

        if (rows.Count > 0) throw Bad(name, number, $"{rows.Count} of {problem.Count} buffers have no offset", "give one line for each buffer");
        return new MemoryPlan(offsets, peak, problem.LowerBound, "csv");
    }

    private static string? Line(LineReader lines, string name, int number) => lines.TryRead(out string? line)
        ? line
        : throw Bad(name, number, $"the line has more than {LineReader.MostCharacters} characters", "give a CSV file with one line for each buffer");

    private static int[] Places(string header, string name, string[]? columns = null)
    {
        columns ??= Columns;
        var places = new int[columns.Length];
        Array.Fill(places, -1);
        var fields = new CsvFields(header);
        for (int at = 0; fields.Next(out ReadOnlySpan<char> field); at++)
        {
            for (int c = 0; c < columns.Length; c++)
            {
                if (!field.Equals(columns[c], StringComparison.OrdinalIgnoreCase)) continue;
                if (places[c] >= 0) throw Bad(name, 1, $"column '{columns[c]}' comes twice", "keep one of them");
                places[c] = at;
            }
        }

        for (int c = 0; c < columns.Length; c++)
        {
            if (places[c] < 0) throw Bad(name, 1, $"column '{columns[c]}' is missing", $"begin with a header that names {string.Join(", ", columns)}");
        }

        return places;
    }

    private static PlanBuffer Row(string line, int[] places, int width, string name, int number)
    {
        Span<long> values = stackalloc long[4];
        Values(line, places, Columns, width, values, name, number);
        if (values[3] <= 0) throw Bad(name, number, $"size is {values[3]}", "give a positive number of bytes");
        if (values[2] <= values[1]) throw Bad(name, number, $"upper {values[2]} is not above lower {values[1]}", "a buffer lives in [lower, upper)");
        return new PlanBuffer(values[0], values[1], values[2], values[3]);
    }

    private static void Values(string line, int[] places, string[] columns, int width, Span<long> values, string name, int number)
    {
        var fields = new CsvFields(line);
        int seen = 0, at = 0;
        for (; fields.Next(out ReadOnlySpan<char> field); at++)
        {
            int c = Array.IndexOf(places, at);
            if (c < 0) continue;
            if (!long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[c]))
                throw Bad(name, number, $"{columns[c]} is '{Short(field)}'", "give a whole number");
            seen++;
        }

        if (seen < places.Length) throw Bad(name, number, $"the line has too few fields for the columns {string.Join(", ", columns)}", "complete the line");

        // The last number of a file that was cut off is a number as well, and a wrong one.
        if (at < width) throw Bad(name, number, $"the line has {at} fields, the header {width}", "complete the line; a file that was cut off ends like this");
    }

    private static int FieldsOf(string line)
    {
        var fields = new CsvFields(line);
        int count = 0;
        while (fields.Next(out _)) count++;
        return count;
    }

    private static void RefuseDuplicates(PlanBuffer[] rows, string name)
    {
        var ids = new long[rows.Length];
        var lines = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++) (ids[i], lines[i]) = (rows[i].Id, i + 2);
        Array.Sort(ids, lines);
        for (int i = 1; i < ids.Length; i++)
        {
            if (ids[i] != ids[i - 1]) continue;
            throw Bad(name, Math.Max(lines[i], lines[i - 1]), $"id {ids[i]} stands in line {Math.Min(lines[i], lines[i - 1])} too", "give every buffer its own id");
        }
    }

    private static string Short(ReadOnlySpan<char> field) => field.Length <= 40 ? field.ToString() : $"{field[..40]}…";

    private static InvalidDataException Bad(string name, int line, string numbers, string remedy) =>
        new(WorkspaceException.Compose($"read '{name}'", nameof(TraceCsv), $"line {line}: {numbers}", remedy));
}
