using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>
/// Reads a JSON file as a layer. Comments and trailing commas are allowed, as in every appsettings.json. The file is read at once
/// and not watched, so folders whose names begin with a point work and no file handle stays open.
/// </summary>
internal static class JsonLayer
{
    internal static ConfigurationLayer Read(string name, string file)
    {
        var path = Path.GetFullPath(file);
        try
        {
            using var stream = new MemoryStream(File.ReadAllBytes(path), writable: false);
            var root = new ConfigurationBuilder().AddJsonStream(stream).Build();
            var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (key, value) in root.AsEnumerable()) values[key] = value;
            return new ConfigurationLayer(name, Path.GetDirectoryName(path)!, values);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, Directory.Exists(path) ? "that is a folder" : error.Message, "Name a file that exists and can be read", error);
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or JsonException)
        {
            throw Refused(path, Explain(error), "Correct the file; comments and trailing commas are allowed", error);
        }
    }

    private static ConfigurationException Refused(string path, string numbers, string remedy, Exception inner) => new(
        [new ConfigurationProblem(path, "a configuration file in JSON", numbers.TrimEnd('.'), remedy)], inner);

    private static string Explain(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is not JsonException { LineNumber: { } line } json) continue;
            var column = json.BytePositionInLine ?? 0;
            // The reader counts both from zero and ends its message with them; editors count from one.
            var end = json.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            var message = end < 0 ? json.Message : json.Message[..end];
            return string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, byte {column + 1}: {message}");
        }
        return error.GetBaseException().Message;
    }
}
