using Workspaces.IO;
using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary>
/// The input of <c>infer</c>: a file or standard input. Lines are read when they are asked for, so that whoever writes them into a pipe gets each answer at once; an
/// array from a pipe is kept in a temporary file, because archives are read from their end.
/// </summary>
internal sealed class SampleInput : IDisposable
{
    internal const string StandardInput = "-";
    private const int MagicBytes = 6;
    private readonly TextReader? _text;
    private readonly string? _folder;

    private SampleInput(string name, SampleFormat format, TextReader? text, string path, string? folder)
    {
        Name = name;
        Format = format;
        ArrayPath = path;
        _text = text;
        _folder = folder;
    }

    /// <summary>What messages call it.</summary>
    internal string Name { get; }

    /// <summary>What it is; never Auto.</summary>
    internal SampleFormat Format { get; }

    /// <summary>The file of an array.</summary>
    internal string ArrayPath { get; }

    /// <summary>Opens the input and looks at its first bytes.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    internal static SampleInput Open(string source, SampleFormat format, Func<Stream> standardInput, bool isText)
    {
        bool isPipe = source == StandardInput;
        if (!isPipe && !File.Exists(source))
            throw new FileNotFoundException(WorkspaceException.Compose(
                $"read samples from '{source}'", "infer",
                $"{(Directory.Exists(source) ? "that is a folder" : "there is no such file")} (looked for '{Path.GetFullPath(source)}')",
                "name a .npy, .npz, CSV or text file, or - for standard input"));
        string name = isPipe ? "standard input" : source;
        Stream stream = isPipe ? standardInput() : new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var first = new byte[MagicBytes];
            int read = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            var whole = new PrefixedStream(first, read, stream, leaveOpen: false);
            if (format == SampleFormat.Auto) format = FormatOf(first.AsSpan(0, read), isPipe ? "" : Path.GetExtension(source), isText);
            if (format is SampleFormat.Csv or SampleFormat.Text) return new SampleInput(name, format, new StreamReader(whole), source, null);
            if (!isPipe)
            {
                stream.Dispose();
                return new SampleInput(name, format, null, source, null);
            }

            return Kept(name, format, whole);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The next line of CSV or text; null at the end.</summary>
    internal string? ReadLine() => _text!.ReadLine();

    public void Dispose()
    {
        _text?.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private static SampleFormat FormatOf(ReadOnlySpan<byte> first, string extension, bool isText)
    {
        if (IsNumPy(first) || extension.Equals(".npy", StringComparison.OrdinalIgnoreCase)) return SampleFormat.Npy;
        if (first.StartsWith("PK\x03\x04"u8) || extension.Equals(".npz", StringComparison.OrdinalIgnoreCase)) return SampleFormat.Npz;
        return isText && !extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? SampleFormat.Text : SampleFormat.Csv;
    }

    private static bool IsNumPy(ReadOnlySpan<byte> first) => first is [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static SampleInput Kept(string name, SampleFormat format, Stream stream)
    {
        string folder = Directory.CreateTempSubdirectory("workspaces-").FullName;
        string path = Path.Combine(folder, format == SampleFormat.Npy ? "standard-input.npy" : "standard-input.npz");
        try
        {
            using (stream)
            using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write)) stream.CopyTo(file);
            return new SampleInput(name, format, null, path, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }
}
