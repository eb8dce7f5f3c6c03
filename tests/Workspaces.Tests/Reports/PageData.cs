using System.Text.Json;

namespace Workspaces.Tests.Reports;

/// <summary>The data that a page carries, taken out of its text as a browser would.</summary>
internal sealed class PageData
{
    private const string Open = "<script type=\"application/json\" id=\"data\">", Close = "</script>";

    internal PageData(string html)
    {
        int from = html.IndexOf(Open, StringComparison.Ordinal) + Open.Length;
        Assert.True(from >= Open.Length, "the page has no data");
        Root = JsonDocument.Parse(html[from..html.IndexOf(Close, from, StringComparison.OrdinalIgnoreCase)]).RootElement;
    }

    internal JsonElement Root { get; }

    internal JsonElement[] Passes => [.. Root.GetProperty("passes").EnumerateArray()];

    internal JsonElement Pass(string name) => Assert.Single(Passes, pass => pass.GetProperty("name").GetString() == name);

    /// <summary>One column of the blocks of a pass, spread out.</summary>
    internal static long[] Column(JsonElement pass, string name)
    {
        JsonElement blocks = pass.GetProperty("blocks"), column = blocks.GetProperty(name);
        long[] values = column.ValueKind == JsonValueKind.Number
            ? [.. Enumerable.Repeat(column.GetInt64(), blocks.GetProperty("count").GetInt32())]
            : [.. column.EnumerateArray().Select(static value => value.GetInt64())];
        Assert.Equal(blocks.GetProperty("count").GetInt32(), values.Length);
        for (int i = 1; name == "birth" && i < values.Length; i++) values[i] += values[i - 1];
        return values;
    }

    internal static string[] Texts(JsonElement pass, string name)
    {
        string[] texts = [.. pass.GetProperty("texts").EnumerateArray().Select(static text => text.GetString()!)];
        return [.. Column(pass, name).Select(number => texts[number])];
    }

    /// <summary>The blocks as they are drawn: time across, address up, in whole granules.</summary>
    internal static (long From, long To, long Low, long High)[] Boxes(JsonElement pass)
    {
        long unit = pass.GetProperty("blocks").GetProperty("unit").GetInt64();
        long[] birth = Column(pass, "birth"), life = Column(pass, "life"), offset = Column(pass, "offset"), bytes = Column(pass, "bytes");
        return [.. birth.Select((from, i) => (from, from + life[i], offset[i] * unit, (offset[i] * unit) + ((bytes[i] + unit - 1) / unit * unit)))];
    }

    /// <summary>Most bytes live at one moment, moment by moment.</summary>
    internal static long MostLive(JsonElement pass)
    {
        (long From, long To, long Low, long High)[] boxes = Boxes(pass);
        return boxes.Max(moment => boxes.Where(box => box.From <= moment.From && moment.From < box.To).Sum(static box => box.High - box.Low));
    }

    internal static void AssertNothingOverlaps(JsonElement pass)
    {
        (long From, long To, long Low, long High)[] boxes = Boxes(pass);
        for (int a = 0; a < boxes.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                bool meet = boxes[a].From < boxes[b].To && boxes[b].From < boxes[a].To && boxes[a].Low < boxes[b].High && boxes[b].Low < boxes[a].High;
                Assert.False(meet, $"blocks {a} and {b} share bytes: {boxes[a]} and {boxes[b]}");
            }
        }
    }
}
