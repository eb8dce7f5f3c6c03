using System.Globalization;
using System.Text;
using System.Text.Json;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory.Recording;

namespace Workspaces.Hosting.Reports;

/// <summary>The lines of a run file that its layers stand in: of a model made from JSON they are the user's lines of code.</summary>
internal sealed class RunFileLines
{
    private const string Layers = "Model:Layers";
    private readonly string _file;
    private readonly Dictionary<string, int> _lines = new(StringComparer.OrdinalIgnoreCase);

    private RunFileLines(string file, byte[] text)
    {
        _file = Path.GetFileName(file);
        ReadOnlySpan<byte> rest = text.AsSpan();
        if (rest.StartsWith(Encoding.UTF8.Preamble)) rest = rest[Encoding.UTF8.Preamble.Length..];
        Read(rest);
    }

    /// <summary>The lines of a run's file; null without one, and when it cannot be read any more.</summary>
    internal static RunFileLines? Of(RunConfiguration run)
    {
        if (run.RunFile is not { } file) return null;
        try
        {
            return new RunFileLines(file, File.ReadAllBytes(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // it was readable when the run was made; the picture does without
        }
    }

    /// <summary>The pass with the line of its layer for each block of one: the place in code would be that where the training is begun, for all of them.</summary>
    internal RecordedPass Fill(RecordedPass pass) =>
        pass with { Blocks = [.. pass.Blocks.Select(block => SiteOf(block.Part) is { } site ? block with { Site = site } : block)] };

    private string? SiteOf(string? part)
    {
        if (part is null) return null;
        int end = part.AsSpan().IndexOfAny(". ");
        string key = $"{Layers}:{(end < 0 ? part : part[..end])}";
        return _lines.TryGetValue(key, out int line) ? string.Create(CultureInfo.InvariantCulture, $"{_file}:{line} ({key})") : null;
    }

    private void Read(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var path = new Stack<(string Key, bool IsArray, int Next)>();
        string name = "";
        int line = 1;
        long counted = 0;
        while (reader.Read())
        {
            line += text[(int)counted..(int)reader.TokenStartIndex].Count((byte)'\n');
            counted = reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.PropertyName) name = reader.GetString()!;
            else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) path.Pop();
            else Begin(path, reader.TokenType, name, line);
        }
    }

    private void Begin(Stack<(string Key, bool IsArray, int Next)> path, JsonTokenType token, string name, int line)
    {
        string key = "";
        if (path.TryPop(out (string Key, bool IsArray, int Next) around))
        {
            string own = around.IsArray ? around.Next.ToString(CultureInfo.InvariantCulture) : name;
            key = around.Key.Length == 0 ? own : $"{around.Key}:{own}";
            path.Push(around with { Next = around.Next + 1 });
        }

        if (key.StartsWith(Layers, StringComparison.OrdinalIgnoreCase)) _lines.TryAdd(key, line);
        if (token is JsonTokenType.StartObject or JsonTokenType.StartArray) path.Push((key, token == JsonTokenType.StartArray, 0));
    }
}
