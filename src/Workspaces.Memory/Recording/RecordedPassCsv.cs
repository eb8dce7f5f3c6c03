using System.Globalization;
using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Recording;

/// <summary>
/// Reads a trace, or a plan with its column <c>offset</c>, as a pass: what <see cref="TraceCsv"/> reads, and where there are such columns
/// <c>last_use,kind,op,name,shape</c> too. Times are replaced by their order when they do not count small numbers from 0.
/// </summary>
public static class RecordedPassCsv
{
    private const int MostTimes = 1 << 28;
    private static readonly string[] Texts = ["kind", "op", "name", "shape"];

    /// <summary>Reads a pass.</summary>
    /// <param name="path">The CSV file.</param>
    /// <returns>The pass; without a column <c>offset</c> its blocks have no places.</returns>
    /// <exception cref="InvalidDataException">The file is no trace; the message names the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RecordedPass Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PlanningProblem problem = TraceCsv.Read(path);
        MemoryPlan? plan = HasColumn(path, "offset") ? ReadPlan(path, problem) : null;
        RecordedBlock[] blocks = Blocks(problem, plan, out int events);
        Label(path, blocks);
        Array.Sort(blocks, static (a, b) => a.Birth.CompareTo(b.Birth));
        return new RecordedPass
        {
            Workspace = Path.GetFileNameWithoutExtension(path),
            State = plan is null ? RecordedPassState.Learning : RecordedPassState.Planned,
            Events = events,
            Blocks = blocks,
            PlanBytes = plan?.Peak,
            PlanLowerBound = plan?.LowerBound,
            Planner = plan?.Planner,
            LastUseBound = problem.LowerBound,
        };
    }

    private static MemoryPlan ReadPlan(string path, PlanningProblem problem)
    {
        using var reader = new StreamReader(path);
        MemoryPlan plan = TraceCsv.ReadPlan(reader, path, problem);
        PlanValidation validation = PlanValidator.Validate(problem, plan);
        return validation.IsValid ? plan : throw new InvalidDataException(WorkspaceException.Compose(
            $"read '{path}'", nameof(RecordedPassCsv), validation.Message.TrimEnd('.'), "plan the trace again, or remove the column offset"));
    }

    private static RecordedBlock[] Blocks(PlanningProblem problem, MemoryPlan? plan, out int events)
    {
        ReadOnlySpan<PlanBuffer> buffers = problem.Buffers;
        long least = long.MaxValue, most = long.MinValue;
        foreach (ref readonly PlanBuffer buffer in buffers) (least, most) = (Math.Min(least, buffer.Lower), Math.Max(most, buffer.Upper));
        long[]? ranks = least >= 0 && most <= MostTimes ? null : Times(buffers);
        var blocks = new RecordedBlock[buffers.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            int birth = Rank(ranks, buffers[i].Lower), death = Rank(ranks, buffers[i].Upper);
            blocks[i] = new RecordedBlock
            {
                Birth = birth,
                Death = death,
                LastUse = death - 1,
                Bytes = buffers[i].Size,
                Offset = plan is null ? RecordedBlock.NoOffset : plan.Offsets[i],
                Kind = BlockKind.Temporary,
                IsPlanned = plan is not null,
            };
        }

        events = Rank(ranks, most);
        return blocks;
    }

    private static long[] Times(ReadOnlySpan<PlanBuffer> buffers)
    {
        var times = new SortedSet<long>();
        foreach (ref readonly PlanBuffer buffer in buffers)
        {
            times.Add(buffer.Lower);
            times.Add(buffer.Upper);
        }

        return [.. times];
    }

    private static int Rank(long[]? ranks, long time) => ranks is null ? (int)time : Array.BinarySearch(ranks, time);

    /// <summary>Adds what the columns for people say, row by row.</summary>
    private static void Label(string path, RecordedBlock[] blocks)
    {
        using var reader = new StreamReader(path);
        var lines = new LineReader(reader);
        if (!lines.TryRead(out string? header) || header is null) return;
        int[] places = [.. Texts.Select(text => PlaceOf(header, text))];
        int used = PlaceOf(header, "last_use");
        if (used < 0 && Array.TrueForAll(places, static place => place < 0)) return;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal); // ops come by the thousand
        for (int row = 0; row < blocks.Length && lines.TryRead(out string? line) && line is not null; row++)
        {
            var fields = new CsvFields(line);
            for (int at = 0; fields.Next(out ReadOnlySpan<char> field); at++)
            {
                int column = Array.IndexOf(places, at);
                if (field.IsEmpty || (column < 0 && at != used)) continue;
                if (at == used) blocks[row] = WithLastUse(blocks[row], field);
                if (column >= 0) blocks[row] = With(blocks[row], Texts[column], Known(texts, field));
            }
        }
    }

    private static RecordedBlock WithLastUse(RecordedBlock block, ReadOnlySpan<char> field) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int time) && time >= block.Birth && time < block.Death
            ? block with { LastUse = time }
            : block;

    private static RecordedBlock With(RecordedBlock block, string column, string text) => column switch
    {
        "kind" => block with { Kind = KindOf(text) },
        "op" => block with { Op = text },
        "name" => block with { Name = text },
        _ => block with { Shape = text },
    };

    private static BlockKind KindOf(string text) =>
        !int.TryParse(text, out _) && Enum.TryParse(text, ignoreCase: true, out BlockKind kind) ? kind : BlockKind.Temporary;

    private static string Known(Dictionary<string, string> texts, ReadOnlySpan<char> field)
    {
        string text = field.ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
        if (texts.TryGetValue(text, out string? known)) return known;
        texts.Add(text, text);
        return text;
    }

    private static bool HasColumn(string path, string column)
    {
        using var reader = new StreamReader(path);
        return new LineReader(reader).TryRead(out string? header) && PlaceOf(header ?? "", column) >= 0;
    }

    private static int PlaceOf(string header, string column)
    {
        var fields = new CsvFields(header);
        for (int at = 0; fields.Next(out ReadOnlySpan<char> field); at++)
        {
            if (field.Equals(column, StringComparison.OrdinalIgnoreCase)) return at;
        }

        return -1;
    }
}
