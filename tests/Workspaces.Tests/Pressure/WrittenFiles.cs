using System.Text;
using Workspaces.Memory.Pressure;

namespace Workspaces.Tests.Pressure;

/// <summary>Control files that a test writes, and changes.</summary>
internal sealed class WrittenFiles : IControlFiles
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public int Open { get; private set; }

    public string this[string path]
    {
        set => _files[path] = Encoding.UTF8.GetBytes(value);
    }

    public void Remove(string path) => _files.Remove(path);

    IControlFile? IControlFiles.Open(string path)
    {
        if (!_files.ContainsKey(path)) return null;
        Open++;
        return new OpenFile(this, path);
    }

    private sealed class OpenFile(WrittenFiles owner, string path) : IControlFile
    {
        public int Read(Span<byte> buffer)
        {
            if (!owner._files.TryGetValue(path, out byte[]? text)) return 0;
            int length = Math.Min(text.Length, buffer.Length);
            text.AsSpan(0, length).CopyTo(buffer);
            return length;
        }

        public void Dispose() => owner.Open--;
    }
}
