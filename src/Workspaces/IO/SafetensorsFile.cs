using System.Numerics;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>
/// A safetensors file, open for reading: names, types and shapes at once, elements when they are asked for. All numbers of its head are checked against its
/// length when it is opened, so that a file which lies is refused before anything is allocated for it.
/// <code>
///   | 8 bytes: n | n bytes: JSON of names, types, shapes, places | elements, little-endian, row-major, without gaps |
/// </code>
/// Reading is safe from several threads at once.
/// </summary>
/// <remarks>Source: the format's description in github.com/huggingface/safetensors. The JSON has at most 100,000,000 bytes; a tensor at most 8 axes.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>Bytes read at once where a whole file is looked at.</summary>
    private const int CopyBytes = 64 << 10;

    private readonly RegularFile _file;
    private readonly SafetensorsEntry[] _entries;
    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly object _sync = new();
    private MappedView? _map;
    private bool _disposed;

    private SafetensorsFile(RegularFile file)
    {
        _file = file;
        _entries = SafetensorsHeader.Read(file, _metadata);
        _byName = new Dictionary<string, SafetensorsEntry>(_entries.Length, StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in _entries) _byName.Add(entry.Name, entry);
    }

    /// <summary>The path as it was given.</summary>
    public string Path => _file.Path;

    /// <summary>All tensors, by their place in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Tensors => _entries;

    /// <summary>Texts that the writer has put in; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>What is known of one tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public SafetensorsEntry this[string name]
    {
        get
        {
            if (!_byName.TryGetValue(name, out SafetensorsEntry? entry)) SafetensorsErrors.ThrowName(Path, name, _byName.Keys);
            return entry!;
        }
    }

    /// <summary>Opens a file and checks its head.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The file.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no complete safetensors file; the message says what is wrong with it.</exception>
    /// <exception cref="IOException">The system refuses.</exception>
    public static SafetensorsFile Open(string path)
    {
        RegularFile file = RegularFile.Open(path, nameof(SafetensorsFile));
        try
        {
            return new SafetensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a tensor of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when there is.</returns>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Copies elements into a tensor that exists; counts as a write in place. Float types are converted into each other.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="destination">Receives the elements; of the same shape.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentException">The types differ and are not both floats.</exception>
    /// <exception cref="InvalidDataException">A truth value is none, or the file has become shorter.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public void CopyTo(string name, Tensor destination)
    {
        SafetensorsEntry entry = this[name];
        if (destination.Shape != entry.Shape) SafetensorsErrors.ThrowShape(Path, entry, destination.Shape);
        if (!CanBecome(entry, destination.DType)) SafetensorsErrors.ThrowType(Path, entry, destination.DType);
        ElementsOf(entry).Fill(destination);
    }

    /// <summary>Copies elements into a span in row-major order. Float types are converted into each other.</summary>
    /// <typeparam name="T">The element type: float, double, int, long or byte.</typeparam>
    /// <param name="name">Name in the file.</param>
    /// <param name="destination">Receives exactly as many elements as there are.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="ArgumentException">Another number or type of elements.</exception>
    /// <exception cref="InvalidDataException">The file has become shorter.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public void CopyTo<T>(string name, Span<T> destination)
        where T : unmanaged, INumber<T>
    {
        SafetensorsEntry entry = this[name];
        if (destination.Length != entry.Shape.Length) SafetensorsErrors.ThrowShape(Path, entry, new Shape(destination.Length));
        if (!CanBecome(entry, DTypes.Of<T>())) SafetensorsErrors.ThrowType(Path, entry, DTypes.Of<T>());
        ElementsOf(entry).Fill(destination);
    }

    /// <summary>A copy of a tensor in the ambient pass, or a persistent one outside every workspace.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>The tensor, named as in the file.</returns>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="InvalidDataException">A truth value is none, or the file has become shorter.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public Tensor Load(string name) => Copy(this[name], TensorFrames.Current);

    /// <summary>
    /// A tensor that lies in the file itself, without a copy, where <see cref="SafetensorsEntry.CanBorrow"/>; else a copy. It lives in persistent memory until
    /// it is disposed, also after this file was, and its bytes count as <c>External</c>. Writing to it changes memory of this process only, never the file.
    /// </summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="manager">Owner of the tensor; null for the ambient pass's manager, or the process-wide one.</param>
    /// <returns>The tensor, named as in the file. Dispose it.</returns>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="InvalidDataException">A truth value is none, or the file has become shorter.</exception>
    /// <exception cref="IOException">The system refuses to map the file.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public Tensor AsTensor(string name, WorkspaceManager? manager = null)
    {
        SafetensorsEntry entry = this[name];
        Frame frame = (manager ?? Ambient.Current?.Manager ?? WorkspaceManager.Default).Persistent.State;
        if (!entry.CanBorrow || frame.ShapesOnly) return Copy(entry, frame);
        using (AllocatorScope.Use(Map().Lend(entry.Offset, entry.Bytes)))
            return TensorFrames.Allocate(frame, entry.DType, entry.Shape, nameof(AsTensor)).Named(entry.Name);
    }

    /// <summary>Closes the file. Tensors that lie in it stay. A second call does nothing.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            _disposed = true;
            _map?.Dispose();
            _map = null;
        }

        _file.Dispose();
    }

    /// <summary>Writes the elements of all tensors as they lie in the file.</summary>
    internal void CopyContent(Stream destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_entries.Length == 0) return;
        var chunk = new byte[CopyBytes];
        for (long at = _entries[0].Offset; at < _file.Length;)
        {
            int count = (int)Math.Min(chunk.Length, _file.Length - at);
            _file.Read(at, chunk.AsSpan(0, count));
            destination.Write(chunk, 0, count);
            at += count;
        }
    }

    /// <summary>Whether elements can be copied into a tensor of a type: the same, or both floats.</summary>
    internal static bool CanBecome(SafetensorsEntry entry, DType dtype) => entry.DType == dtype || (entry.Type.IsFloatingPoint && dtype.IsFloatingPoint);

    private Tensor Copy(SafetensorsEntry entry, Frame frame)
    {
        if (_disposed) Throw.UsedAfterDispose($"'{Path}'", "read a tensor of a file", "read before the file is closed, or open it again");
        Tensor tensor = TensorFrames.Allocate(frame, entry.DType, entry.Shape, nameof(Load)).Named(entry.Name);
        try
        {
            ElementsOf(entry).Fill(tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private FileElements ElementsOf(SafetensorsEntry entry)
    {
        if (_disposed) Throw.UsedAfterDispose($"'{Path}'", "read a tensor of a file", "read before the file is closed, or open it again");
        return new FileElements(_file, entry.Offset, $"{Path}: {SafetensorsHeader.Shown(entry.Name)}", entry.Type);
    }

    private MappedView Map()
    {
        lock (_sync)
        {
            if (_disposed) Throw.UsedAfterDispose($"'{Path}'", "read a tensor of a file", "read before the file is closed, or open it again");
            if (_file.Stream.Length < _file.Length) SafetensorsErrors.Throw(Path, $"it has {_file.Stream.Length} bytes by now, and had {_file.Length} when it was opened");
            return _map ??= new MappedView(_file.Stream, Path);
        }
    }
}
